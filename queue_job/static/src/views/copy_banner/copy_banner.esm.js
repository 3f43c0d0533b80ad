import {Component, onWillStart, useState} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** Shows that the jobs of a database copy are held, and lets a manager run them. */
export class CopyBanner extends Component {
    static template = "queue_job.CopyBanner";
    static props = {
        record: {...standardWidgetProps.record, optional: true},
        readonly: {...standardWidgetProps.readonly, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({});
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(this.state, await this.orm.call("queue.job", "copy_status"));
    }

    runJobs() {
        this.ask(
            _t("Run Jobs in This Copy"),
            _t(
                "All waiting jobs (%s) and all future jobs will run in this copy of the database. They may reach other systems and send orders, payments or messages a second time.",
                this.state.waiting,
            ),
            _t("Run Jobs"),
            "run_jobs_in_copy",
        );
    }

    adopt() {
        this.ask(
            _t("Mark as Renamed or Moved"),
            _t(
                "The job queue will no longer treat this database as a copy, and its waiting jobs (%s) will run. If the original is still in use, they run twice.",
                this.state.waiting,
            ),
            _t("Not a Copy"),
            "adopt_moved_database",
        );
    }

    ask(title, body, confirmLabel, method) {
        this.dialog.add(ConfirmationDialog, {
            title,
            body,
            confirmLabel,
            confirm: () => this.decide(method),
            cancel: () => {
                // Without it the dialog has no Cancel button.
            },
        });
    }

    async decide(method) {
        await this.orm.call("queue.job", method);
        await this.load();
    }
}

registry.category("view_widgets").add("queue_job_copy_banner", {
    component: CopyBanner,
});
