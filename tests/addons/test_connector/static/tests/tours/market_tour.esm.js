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
            content: "The backend is not tested yet",
            trigger:
                '.o_kanban_record:contains("Fish market"):contains("Not Tested"):contains("No activity today")',
        },
        openMarket,
        {
            content: "The form says what to do first",
            trigger: '.o_form_view .alert-info:contains("Test Connection")',
        },
        {
            content: "Test the connection",
            trigger: '.o_form_view button[name="action_test_connection"]',
            run: "click",
        },
        {
            content: "The response of the external system stays visible",
            trigger: '.o_form_view .alert-success:contains("The market of Ghent")',
        },
        {
            content: "The backend is connected",
            trigger:
                '.o_field_statusbar[name="status"] .o_arrow_button_current:contains("Connected")',
        },
        {
            content: "Import",
            trigger:
                '.o_form_view button[name="action_start_flow"]:contains("Import products")',
            run: "click",
        },
        {
            content: "The run says what it is waiting for",
            trigger:
                '.o_form_view:contains("Waiting for a free worker") .o_arrow_button_current[data-value="pending"]',
        },
        {
            content: "The page refreshes",
            trigger: '.o_form_view:contains("This page refreshes automatically")',
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
            content: "The reason is shown",
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
            content: "Read the received record",
            trigger: '.modal .o_field_widget[name="payload_text"] .ace_editor',
        },
        {
            content: "Go back",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Retry",
            trigger:
                'body:not(:has(.modal)) .o_data_row:contains("cannot be negative") button[name="action_retry"]',
            run: "click",
        },
        {
            content: "The run is in progress",
            trigger: '.o_form_view .o_arrow_button_current[data-value="running"]',
        },
    ],
});

registry.category("web_tour.tours").add("connector_preview_and_schedule", {
    url: "/odoo/connectors",
    steps: () => [
        openMarket,
        {
            content: "Open the import preview",
            trigger: '.o_form_view button[name="action_preview_import"]',
            run: "click",
        },
        {
            content: "Enter the external ID",
            trigger: '.modal .o_field_widget[name="external_id"] input',
            run: "edit 7",
        },
        {
            content: "Preview",
            trigger: '.modal button[name="action_preview"]',
            run: "click",
        },
        {
            content: "A record would be created",
            trigger: '.modal:contains("A new record would be created")',
        },
        {
            content: "The origin of the name is shown",
            trigger: '.modal .o_data_row:contains("Product 7"):contains("direct")',
        },
        {
            content: "Close",
            trigger: '.modal footer .btn-secondary:contains("Close")',
            run: "click",
        },
        {
            content: "Schedule the import",
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
            content: "The time of the next run is shown",
            trigger:
                '.o_form_saved .o_data_row:contains("Import products") .o_data_cell[name="next_run"]:contains(/\\d/)',
        },
    ],
});
