import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {status} from "@odoo/owl";

/**
 * The form of a backend, also reloaded after a failed connection test: Odoo reloads a
 form only after successful buttons. */
export class ConnectorBackendFormController extends FormController {
    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        // A successful test has already reloaded the page.
        const isThere = status(this) !== "destroyed" && !this.model.root.isNew;
        if (isThere && clickParams.name === "action_test_connection") {
            await this.model.load();
        }
    }
}

export const connectorBackendFormView = {
    ...formView,
    Controller: ConnectorBackendFormController,
};

registry.category("views").add("connector_backend_form", connectorBackendFormView);
