/** What a browser tells of an element to those that do not see it. */
interface AccessibleNode {
  readonly ignored: boolean;
  readonly role: { readonly value: string };
  readonly backendDOMNodeId: number;
}

/** Text belongs to what it stands in: a button's words are no second button. */
const textRoles = new Set(["StaticText", "InlineTextBox", "LabelText"]);

/** The element with an accessible name, as the browser computes it; one that can be acted on before a text of the same words. */
export async function findNamed(view: Bun.WebView, name: string, role?: string): Promise<number | undefined> {
  const { root } = await view.cdp<{ root: { nodeId: number } }>("DOM.getDocument", { depth: 0 });
  const { nodes } = await view.cdp<{ nodes: AccessibleNode[] }>("Accessibility.queryAXTree", {
    nodeId: root.nodeId,
    accessibleName: name,
    ...(role && { role }),
  });
  const shown = nodes.filter(({ ignored }) => !ignored);
  return (shown.find((node) => !textRoles.has(node.role.value)) ?? shown[0])?.backendDOMNodeId;
}

/** The element of a CSS selector, `undefined` while there is none. */
export async function findSelected(view: Bun.WebView, selector: string): Promise<number | undefined> {
  const { root } = await view.cdp<{ root: { nodeId: number } }>("DOM.getDocument", { depth: 0 });
  const { nodeId } = await view.cdp<{ nodeId: number }>("DOM.querySelector", { nodeId: root.nodeId, selector });
  if (nodeId === 0) return undefined;
  const { node } = await view.cdp<{ node: { backendNodeId: number } }>("DOM.describeNode", { nodeId });
  return node.backendNodeId;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a finger would touch an element: `undefined` while it moves, is not to be seen, or lies under something else. */
export async function findPoint(view: Bun.WebView, backendNodeId: number): Promise<Point | undefined> {
  await view.cdp("DOM.scrollIntoViewIfNeeded", { backendNodeId });
  const first = await middleOf(view, backendNodeId);
  await view.evaluate("new Promise((resolve) => requestAnimationFrame(() => resolve(0)))");
  const point = await middleOf(view, backendNodeId);
  if (point.x !== first.x || point.y !== first.y) return undefined;
  const { object } = await view.cdp<{ object: { objectId: string } }>("DOM.resolveNode", { backendNodeId });
  const { result } = await view.cdp<{ result: { value: boolean } }>("Runtime.callFunctionOn", {
    objectId: object.objectId,
    returnByValue: true,
    arguments: [{ value: point.x }, { value: point.y }],
    functionDeclaration: `function (x, y) {
      const top = document.elementFromPoint(x, y);
      const own = this.nodeType === 1 ? this : this.parentElement;
      const isLabel = [...(own.labels ?? [])].some((label) => label.contains(top));
      return top !== null && !own.disabled && (own.contains(top) || top.contains(own) || isLabel);
    }`,
  });
  return result.value ? point : undefined;
}

async function middleOf(view: Bun.WebView, backendNodeId: number): Promise<Point> {
  const { quads } = await view.cdp<{ quads: number[][] }>("DOM.getContentQuads", { backendNodeId });
  const [x1 = 0, y1 = 0, , , x2 = 0, y2 = 0] = quads[0] ?? [];
  return { x: Math.round((x1 + x2) / 2), y: Math.round((y1 + y2) / 2) };
}
