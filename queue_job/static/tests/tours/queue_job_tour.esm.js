import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const openMenu = (xmlid) => [
    {
        content: "Open the menu of the queue",
        trigger: 'button[data-menu-xmlid="queue_job.menu_queue"]',
        run: "click",
    },
    {
        content: `Open ${xmlid}`,
        trigger: `.o-dropdown--menu [data-menu-xmlid="queue_job.${xmlid}"]`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("queue_job_care_for_failures", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: '.o_app[data-menu-xmlid="queue_job.menu_queue_job_root"]',
            run: "click",
        },
        {
            content: "Take the default filters away",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "Open the filters",
            trigger:
                "body:not(:has(.o_searchview_facet)) .o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Only jobs that failed today",
            trigger: '.o_filter_menu .o_menu_item:contains("Failed Today")',
            run: "click",
        },
        {
            content: "Open the failed job",
            trigger:
                'body:has(.o_searchview_facet) .o_data_row:contains("Send the order") .o_data_cell[name="name"]',
            run: "click",
        },
        {
            content: "Read what went wrong",
            trigger:
                '.o_form_view .o_field_widget[name="exc_message"]:contains("The shop is closed")',
        },
        {
            content: "Read where",
            trigger:
                '.o_field_widget[name="exc_place"]:contains("my_shop/models/order.py:345 in send")',
        },
        {
            content: "Unfold the traceback",
            trigger: ".o_job_traceback summary .fa-code",
            run: "click",
        },
        {
            content: "The traceback is there",
            trigger: '.o_job_traceback[open] pre:contains("Traceback (most recent")',
        },
        {
            content: "Follow the related action",
            trigger: 'button[name="open_related_action"]',
            run: "click",
        },
        {
            content: "The record of the job is open, go back",
            trigger: '.o_breadcrumb .breadcrumb-item a:contains("Send the order")',
            run: "click",
        },
        {
            content: "Requeue the job",
            trigger: '.o_form_view button[name="requeue"]',
            run: "click",
        },
        {
            content: "It waits again",
            trigger:
                '.o_statusbar_status .o_arrow_button_current[data-value="pending"]',
        },
        {
            content: "Look at the graph of the jobs that come after it",
            trigger: '.o_notebook .nav-link[name="dependencies"]',
            run: "click",
        },
        {
            content: "Open the other job of the graph",
            trigger: ".o_job_graph_node:not(.o_job_graph_current)",
            run: "click",
        },
        {
            content: "It says that it waits",
            trigger:
                '.o_statusbar_status .o_arrow_button_current[data-value="wait_dependencies"]',
        },
        ...openMenu("menu_queue_job_channel"),
        {
            content: "Open the channel",
            trigger:
                '.o_data_row:contains("root.till") .o_data_cell[name="complete_name"]',
            run: "click",
        },
        {
            content: "Pause it",
            trigger: '.o_form_view .o_field_widget[name="paused"] input',
            run: "click",
        },
        {
            content: "The toggle saves at once",
            trigger:
                '.o_form_view .ribbon:contains("Paused"), .o_form_view:has(.o_widget_web_ribbon)',
        },
        ...openMenu("menu_queue_job_cause"),
        {
            content: "Requeue all jobs of the cause",
            trigger:
                '.o_data_row:contains("order.py:345"):contains("2") button[name="action_requeue"]',
            run: "click",
        },
        {
            content: "No failure is left, and the result is shown",
            trigger: '.o_view_nocontent:contains("No job has failed")',
        },
    ],
});

registry.category("web_tour.tours").add("queue_job_act_on_all_that_match", {
    url: "/odoo/action-queue_job.action_queue_job",
    steps: () => [
        {
            content: "Take the default filters away",
            trigger: ".o_searchview_facet .o_facet_remove",
            run: "click",
        },
        {
            content: "Open the filters",
            trigger:
                "body:not(:has(.o_searchview_facet)) .o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Failed jobs",
            trigger: '.o_filter_menu .o_menu_item:contains("Failed Today")',
            run: "click",
        },
        {
            content: "Both failed jobs are listed, and no other",
            trigger: ".o_control_panel .o_pager_limit:contains(/^2$/)",
        },
        {
            content: "Select one",
            trigger:
                '.o_data_row:contains("Send the order") .o_list_record_selector input',
            run: "click",
        },
        {
            content: "Open the actions",
            trigger:
                '.o_control_panel:has(.o_selection_container) .o_cp_action_menus .dropdown-toggle:contains("Actions")',
            run: "click",
        },
        {
            content: "Requeue",
            trigger: '.o-dropdown--menu .o_menu_item:contains("Requeue Jobs")',
            run: "click",
        },
        {
            content: "One job is selected; take all that match instead",
            trigger: '.modal .o_field_widget[name="scope"] .o_radio_item:last input',
            run: "click",
        },
        {
            content: "The number of jobs is shown first",
            trigger: '.modal .o_field_widget[name="concerned_count"]:contains("2")',
        },
        {
            content: "Go",
            trigger: '.modal footer button[name="requeue"]',
            run: "click",
        },
        {
            content: "The failed jobs are gone from the list",
            trigger: "body:not(:has(.modal)) .o_list_view:not(:has(.o_data_row))",
        },
    ],
});

const banner = ".o_queue_job_copy_banner";

registry.category("web_tour.tours").add("queue_job_run_jobs_in_copy", {
    url: "/odoo/action-queue_job.action_queue_job",
    steps: () => [
        {
            content: "The list says that jobs are held",
            trigger: `.o_list_view ${banner}:contains("neutralized")`,
        },
        {
            content: "Let them run",
            trigger: `${banner} button[name="run_jobs_in_copy"]`,
            run: "click",
        },
        {
            content: "Think better of it",
            trigger:
                '.modal:contains("may reach other systems") .btn:contains("Cancel")',
            run: "click",
        },
        {
            content: "Let them run nevertheless",
            trigger: `body:not(:has(.modal)) ${banner} button[name="run_jobs_in_copy"]`,
            run: "click",
        },
        {
            content: "Confirm",
            trigger: '.modal:contains("waiting jobs") .btn:contains("Run Jobs")',
            run: "click",
        },
        {
            content: "The list says that they run",
            trigger: `${banner}:contains("A manager allowed its jobs to run")`,
        },
        {
            content: "Open a job",
            trigger: '.o_data_row:contains("Send another") .o_data_cell[name="name"]',
            run: "click",
        },
        {
            content: "Hold them again in its form",
            trigger: `.o_form_view ${banner} button[name="hold_jobs_in_copy"]`,
            run: "click",
        },
        {
            content: "They are held",
            trigger: `.o_form_view ${banner} button[name="run_jobs_in_copy"]`,
        },
    ],
});
