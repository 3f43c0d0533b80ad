import {CopyBanner} from "./copy_banner.esm";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

export class JobListRenderer extends ListRenderer {
    static template = "queue_job.ListRenderer";
    static components = {...ListRenderer.components, CopyBanner};
}

registry.category("views").add("queue_job_list", {
    ...listView,
    Renderer: JobListRenderer,
});
