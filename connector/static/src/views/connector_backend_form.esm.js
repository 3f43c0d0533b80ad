import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";
import {status} from "@odoo/owl";

/**
 * The form of a backend, which shows how the last test went also when it failed: Odoo
 * reloads a form after buttons that end well only.
 */
export class ConnectorBackendFormController extends FormController {
    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        // A test that ended well has reloaded the page already.
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
