import type TurndownService from "turndown";

/** Lists whose items are indented by as much as their marks take, and footnotes, which are items that are called from elsewhere. */
export function addListRules(service: TurndownService): void {
  // Counted as they come: to look for an item's place among its siblings each time would be quadratic.
  const numbers = new WeakMap<Node, number>();

  service.addRule("item", {
    filter: ["li"],
    replacement: (content, node) => {
      const note = /^(?:footnote-(\w+)|(endnote-\w+))$/.exec(node.id);
      if (note) return `\n\n[^${note[1] ?? note[2]}]: ${indent(content, 4)}\n\n`;
      if (content.trim() === "") return "";
      const mark = markOf(node);
      return `${mark}${indent(content, mark.length)}${node.nextSibling ? "\n" : ""}`;
    },
  });

  function markOf({ parentNode }: HTMLElement): string {
    if (parentNode?.nodeName !== "OL") return "- ";
    const { start } = parentNode as HTMLOListElement;
    const number = numbers.get(parentNode) ?? (Number.isInteger(start) && start >= 0 && start < 1e9 ? start : 1);
    numbers.set(parentNode, number + 1);
    return `${number}. `;
  }
}

function indent(content: string, width: number): string {
  return content.trim().replace(/\n(?=[^\n])/g, `\n${" ".repeat(width)}`);
}
