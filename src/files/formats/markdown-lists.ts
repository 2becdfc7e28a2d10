import type TurndownService from "turndown";
import type { NoteLabels } from "./note-labels.ts";

/** Lists whose items are indented by as much as their marks take, and footnotes, which are items that are called from elsewhere. */
export function addListRules(service: TurndownService, labels: NoteLabels): void {
  // Counted as they come: to look for an item's place among its siblings each time would be quadratic.
  const numbers = new WeakMap<Node, number>();

  service.addRule("item", {
    filter: ["li"],
    replacement: (content, node) => {
      if (/^(footnote|endnote)-\w+$/.test(node.id)) return writeNote(labels.of(node.id), content);
      if (content.trim() === "") return "";
      const mark = markOf(node);
      return `${mark}${indent(content, mark.length)}${node.nextSibling ? "\n" : ""}`;
    },
  });

  // Mammoth's comments: their author's initials, and then what they say.
  const commentOf = (node: Element) => /^comment-\w+$/.exec(node.previousElementSibling?.id ?? "")?.[0];
  service.addRule("commentTitle", {
    filter: (node) => node.nodeName === "DT" && /^comment-\w+$/.test(node.id),
    replacement: () => "",
  });
  service.addRule("comment", {
    filter: (node) => node.nodeName === "DD" && commentOf(node) !== undefined,
    replacement: (content, node) => writeNote(labels.of(commentOf(node) ?? ""), content),
  });

  function markOf({ parentNode }: HTMLElement): string {
    if (parentNode?.nodeName !== "OL") return "- ";
    const { start } = parentNode as HTMLOListElement;
    const number = numbers.get(parentNode) ?? (Number.isInteger(start) && start >= 0 && start < 1e9 ? start : 1);
    numbers.set(parentNode, number + 1);
    return `${number}. `;
  }
}

function writeNote(label: string, content: string): string {
  return `\n\n[^${label}]: ${indent(content, 4)}\n\n`;
}

function indent(content: string, width: number): string {
  return content.trim().replace(/\n(?=[^\n])/g, `\n${" ".repeat(width)}`);
}
