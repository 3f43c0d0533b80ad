import {_t} from "@web/core/l10n/translation";
import {formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {Component} from "@odoo/owl";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Shows a date relative to now, "in 3 minutes", and the full date in the tooltip. */
export class JobRelativeTime extends Component {
    static template = "queue.JobRelativeTime";
    static props = {...standardFieldProps};

    get moment() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.moment ? this.moment.toRelative() : "";
    }

    get tooltip() {
        return this.moment ? formatDateTime(this.moment) : "";
    }
}

export const jobRelativeTime = {
    component: JobRelativeTime,
    displayName: _t("Relative Time"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("job_relative_time", jobRelativeTime);
