import {_t} from "@web/core/l10n/translation";
import {CopyButton} from "@web/core/copy_button/copy_button";
import {registry} from "@web/core/registry";
import {Component} from "@odoo/owl";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Shows a collapsed traceback, which can be expanded or copied. */
export class JobTraceback extends Component {
    static template = "queue.JobTraceback";
    static components = {CopyButton};
    static props = {...standardFieldProps};

    setup() {
        this.copyText = _t("Copy");
        this.successText = _t("Copied");
    }

    get text() {
        return this.props.record.data[this.props.name] || "";
    }
}

export const jobTraceback = {
    component: JobTraceback,
    displayName: _t("Traceback"),
    supportedTypes: ["text"],
};

registry.category("fields").add("job_traceback", jobTraceback);
