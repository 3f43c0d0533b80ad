/**
 * Lays out the jobs of a graph: parents to the left of their children.
 *
 * @param {{id: number}[]} nodes
 * @param {[number, number][]} edges pairs of ids (parent, child)
 * @param {{columnWidth: number, rowHeight: number}} sizes in pixels
 * @returns {{positions: Map<number, {x: number, y: number}>, width: number,
 *     height: number}}
 */
export function layoutGraph(nodes, edges, {columnWidth, rowHeight}) {
    const children = new Map(nodes.map((node) => [node.id, []]));
    const missingParents = new Map(nodes.map((node) => [node.id, 0]));
    for (const [parent, child] of edges) {
        children.get(parent).push(child);
        missingParents.set(child, missingParents.get(child) + 1);
    }
    const columns = new Map(nodes.map((node) => [node.id, 0]));
    const ready = nodes.map((node) => node.id).filter((id) => !missingParents.get(id));
    // The list grows while it is walked: parents are placed before their children.
    for (const id of ready) {
        for (const child of children.get(id)) {
            columns.set(child, Math.max(columns.get(child), columns.get(id) + 1));
            missingParents.set(child, missingParents.get(child) - 1);
            if (!missingParents.get(child)) {
                ready.push(child);
            }
        }
    }
    const rows = new Map();
    const positions = new Map();
    for (const {id} of nodes) {
        const column = columns.get(id);
        const row = rows.get(column) || 0;
        rows.set(column, row + 1);
        positions.set(id, {x: column * columnWidth, y: row * rowHeight});
    }
    const tallest = Math.max(0, ...rows.values());
    for (const [id, position] of positions) {
        // Short columns are centered vertically.
        position.y += ((tallest - rows.get(columns.get(id))) * rowHeight) / 2;
    }
    return {
        positions,
        width: Math.max(0, ...rows.keys()) * columnWidth + columnWidth,
        height: tallest * rowHeight,
    };
}
