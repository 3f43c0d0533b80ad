import {Component, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {layoutGraph} from "./graph_layout.esm";

const COLUMN_WIDTH = 220;
const ROW_HEIGHT = 56;
const NODE_WIDTH = 170;
const NODE_HEIGHT = 36;
const MARGIN = 12;
const MAX_LABEL = 24;

/** Draws the jobs around a job as boxes, with arrows from parents to children. */
export class JobDirectGraph extends Component {
    static template = "queue.JobDirectGraph";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.nodeWidth = NODE_WIDTH;
        this.nodeHeight = NODE_HEIGHT;
        this.margin = MARGIN;
        this.box = useRef("box");
        useEffect(
            () => this.showCurrent(),
            () => [this.props.record.resId],
        );
    }

    /** Scrolls only the box itself to the current job. */
    showCurrent() {
        const box = this.box.el;
        const node = box?.querySelector(".o_job_graph_current");
        if (!node) {
            return;
        }
        const outer = box.getBoundingClientRect();
        const inner = node.getBoundingClientRect();
        box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
        box.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
    }

    get value() {
        return this.props.record.data[this.props.name] || {};
    }

    get graph() {
        const nodes = this.value.nodes || [];
        const edges = this.value.edges || [];
        const layout = layoutGraph(nodes, edges, {
            columnWidth: COLUMN_WIDTH,
            rowHeight: ROW_HEIGHT,
        });
        return {
            width: layout.width + 2 * MARGIN,
            height: layout.height + 2 * MARGIN,
            nodes: nodes.map((node) => this.drawnNode(node, layout.positions)),
            edges: edges.map(([from, to]) => ({
                id: `${from}-${to}`,
                path: this.edgePath(
                    layout.positions.get(from),
                    layout.positions.get(to),
                ),
            })),
        };
    }

    /** Notice for a graph that is bigger than what is drawn. */
    get notice() {
        const drawn = (this.value.nodes || []).length;
        const total = this.props.record.data.graph_jobs_count || drawn;
        if (total <= drawn) {
            return "";
        }
        return _t("Showing the %(drawn)s nearest of %(total)s jobs in the graph.", {
            drawn,
            total,
        });
    }

    drawnNode(node, positions) {
        const {x, y} = positions.get(node.id);
        // The title is HTML from the server: the name in bold, then the call.
        const html = new DOMParser().parseFromString(node.title, "text/html");
        const name = html.querySelector("strong")?.textContent || "";
        html.querySelector("br")?.replaceWith("\n");
        return {
            ...node,
            x,
            y,
            tooltip: html.body.textContent,
            label: name.length > MAX_LABEL ? `${name.slice(0, MAX_LABEL - 1)}…` : name,
            isCurrent: node.id === this.props.record.resId,
        };
    }

    edgePath(from, to) {
        const startX = from.x + NODE_WIDTH;
        const startY = from.y + NODE_HEIGHT / 2;
        const endY = to.y + NODE_HEIGHT / 2;
        const middle = (startX + to.x) / 2;
        return `M ${startX} ${startY} C ${middle} ${startY}, ${middle} ${endY}, ${to.x} ${endY}`;
    }

    async onNodeClick(id) {
        if (id === this.props.record.resId) {
            return;
        }
        const action = await this.orm.call("queue.job", "get_formview_action", [[id]]);
        await this.action.doAction(action);
    }
}

export const jobDirectGraph = {
    component: JobDirectGraph,
    displayName: _t("Job Graph"),
    fieldDependencies: [{name: "graph_jobs_count", type: "integer"}],
};

registry.category("fields").add("job_directed_graph", jobDirectGraph);
