import { common, createLowlight } from "lowlight";
import { createElement, type ReactNode } from "react";
import { showHiddenSigns } from "./hidden-signs.tsx";

const lowlight = createLowlight(common);

type Tree = ReturnType<typeof lowlight.highlight>["children"];

/** Deeper than any code of people's; a page that nests thousands of elements is no page any more. */
const maxDepth = 40;

/** A code's words in colours, as elements; `undefined` for a language that nobody here knows. */
export function colour(language: string, text: string): ReactNode {
  if (!lowlight.registered(language)) return undefined;
  try {
    return toNodes(lowlight.highlight(language, text).children, 0);
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} where it is too deep */
function toNodes(tree: Tree, depth: number): ReactNode[] {
  if (depth > maxDepth) throw new RangeError("too deep");
  return tree.map((node, index) => {
    if (node.type === "text") return showHiddenSigns(node.value);
    if (node.type !== "element") return null;
    const names = node.properties.className;
    const className = Array.isArray(names) ? names.join(" ") : undefined;
    return createElement("span", { key: index, className }, ...toNodes(node.children as Tree, depth + 1));
  });
}
