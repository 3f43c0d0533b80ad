import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("derived_museum", {
    url: "/odoo/connectors",
    steps: () => [
        {
            content: "Open the section of the museum",
            trigger: '.o_menu_sections button:contains("Museum")',
            run: "click",
        },
        {
            content: "Open the museums",
            trigger: ".o-dropdown--menu .dropdown-item:contains(/^Museum$/)",
            run: "click",
        },
        {
            content: "Open the museum",
            trigger:
                '.o_list_view .o_data_row:contains("Louvre") .o_data_cell[name="name"]',
            run: "click",
        },
        {
            content: "Open its pieces",
            trigger:
                '.o_form_view .oe_stat_button:contains("Museum Piece"):contains("2")',
            run: "click",
        },
        {
            content: "Open a piece",
            trigger: '.o_list_view .o_data_row:contains("Lisa") .o_data_cell',
            run: "click",
        },
        {
            content: "Rename it",
            trigger: '.o_form_view .o_field_widget[name="name"] input',
            run: "edit Nike",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger:
                '.o_form_saved .o_field_widget[name="backend_id"]:contains("Louvre")',
        },
    ],
});
