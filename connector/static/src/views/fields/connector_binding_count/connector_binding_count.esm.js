import {
    StatInfoField,
    statInfoField,
} from "@web/views/fields/stat_info/stat_info_field";
import {formatInteger} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

/** Number of bindings of one model, in a smart button. */
export class ConnectorBindingCount extends StatInfoField {
    static props = {...StatInfoField.props, model: String};

    get formattedValue() {
        const counts = this.props.record.data[this.props.name] || {};
        return formatInteger(counts[this.props.model] || 0);
    }
}

registry.category("fields").add("connector_binding_count", {
    ...statInfoField,
    component: ConnectorBindingCount,
    supportedTypes: ["json"],
    extractProps: (fieldInfo) => ({
        ...statInfoField.extractProps(fieldInfo),
        model: fieldInfo.options.model,
    }),
});
