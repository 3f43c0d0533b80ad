import {registry} from "@web/core/registry";

const openMarket = {
    content: "Open the market from the home",
    trigger: '.o_connector_home .o_kanban_record:contains("Fish market")',
    run: "click",
};

registry.category("web_tour.tours").add("connector_connect_and_import", {
    url: "/odoo/connectors",
    steps: () => [
        {
            content: "It was never tested, and says so",
            trigger:
                '.o_kanban_record:contains("Fish market"):contains("To test"):contains("Nothing came or went today")',
        },
        openMarket,
        {
            content: "What to do first is told",
            trigger: '.o_form_view .alert-info:contains("Test connection")',
        },
        {
            content: "Test the connection",
            trigger: '.o_form_view button[name="action_test_connection"]',
            run: "click",
        },
        {
            content: "The answer of the other side stays to be read",
            trigger: '.o_form_view .alert-success:contains("The market of Ghent")',
        },
        {
            content: "The market works",
            trigger:
                '.o_field_statusbar[name="status"] .o_arrow_button_current:contains("Works")',
        },
        {
            content: "Import",
            trigger:
                '.o_form_view button[name="action_start_flow"]:contains("Import products")',
            run: "click",
        },
        {
            content: "The run waits, and says for what",
            trigger:
                '.o_form_view:contains("It begins when a worker is free") .o_arrow_button_current[data-value="pending"]',
        },
        {
            content: "The page follows it",
            trigger: '.o_form_view:contains("This page follows it by itself")',
        },
    ],
});

registry.category("web_tour.tours").add("connector_care_for_a_failure", {
    url: "/odoo/connectors",
    steps: () => [
        {
            content: "One record failed today",
            trigger:
                '.o_kanban_record:contains("Fish market"):contains("2 created today") a:contains("1 failed today")',
            run: "click",
        },
        {
            content: "Open the run",
            trigger:
                '.o_list_view .o_data_row:contains("Import: Market Product") .o_data_cell[name="display_name"]',
            run: "click",
        },
        {
            content: "The reason is told at a glance",
            trigger:
                '.o_form_view .alert-warning:contains("A price cannot be negative")',
        },
        {
            content: "Open the record that failed",
            trigger:
                '.o_form_view .o_data_row:contains("A price cannot be negative") .o_data_cell[name="reason"]',
            run: "click",
        },
        {
            content: "Read what the other side told",
            trigger: '.modal .o_field_widget[name="payload_text"] .ace_editor',
        },
        {
            content: "Go back",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Try again",
            trigger:
                'body:not(:has(.modal)) .o_data_row:contains("cannot be negative") button[name="action_retry"]',
            run: "click",
        },
        {
            content: "It is being tried",
            trigger: '.o_form_view .o_arrow_button_current[data-value="running"]',
        },
    ],
});

registry.category("web_tour.tours").add("connector_preview_and_schedule", {
    url: "/odoo/connectors",
    steps: () => [
        openMarket,
        {
            content: "Ask what an import would do",
            trigger: '.o_form_view button[name="action_preview_import"]',
            run: "click",
        },
        {
            content: "Say which record",
            trigger: '.modal .o_field_widget[name="external_id"] input',
            run: "edit 7",
        },
        {
            content: "Look",
            trigger: '.modal button[name="action_preview"]',
            run: "click",
        },
        {
            content: "A record would be made",
            trigger: '.modal:contains("A new record would be created")',
        },
        {
            content: "Its name comes from the name over there",
            trigger: '.modal .o_data_row:contains("Product 7"):contains("direct")',
        },
        {
            content: "Close",
            trigger: '.modal footer .btn-secondary:contains("Close")',
            run: "click",
        },
        {
            content: "Have the import start by itself",
            trigger:
                'body:not(:has(.modal)) .o_data_row:contains("Import products") .o_field_widget[name="scheduled"] input',
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The time of the next run is told",
            trigger:
                '.o_form_saved .o_data_row:contains("Import products") .o_data_cell[name="next_run"]:contains(/\\d/)',
        },
    ],
});
