import {Component, onWillUnmount} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const EVERY_MILLISECONDS = 2000;

/** Reloads a form periodically while the widget is visible in it. */
export class ConnectorReload extends Component {
    static template = "connector.Reload";
    static props = {...standardWidgetProps};

    setup() {
        const timer = browser.setInterval(() => this.reload(), EVERY_MILLISECONDS);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    async reload() {
        // Do not send another request before a slow server has responded.
        if (this.loading || document.hidden) {
            return;
        }
        this.loading = true;
        try {
            await this.props.record.load();
        } finally {
            this.loading = false;
        }
    }
}

registry.category("view_widgets").add("connector_reload", {
    component: ConnectorReload,
});
