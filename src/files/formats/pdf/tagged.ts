import { writeTable } from "../table.ts";
import type { Char } from "./chars.ts";
import { joinLines } from "./join.ts";
import { escapeLine } from "./layout.ts";
import { toLines } from "./lines.ts";
import type { Element } from "./tree.ts";

type Child = Element | number;

/** A page as its tags say it is: headings, lists and tables are what they are called. */
export function writeTagged(tree: readonly Element[], chars: readonly Char[]): readonly string[] {
  const marked = Map.groupBy(chars, ({ mark }) => mark);
  return tree.flatMap(writeElement).filter((block) => block !== "");

  function writeElement(element: Element): string[] {
    const { role, children } = element;
    const [, level] = /^H([1-6])?$/.exec(role) ?? [];
    if (/^(H[1-6]?|Title)$/.test(role)) return [writeHeading(textOf(element), Number(level ?? 1))];
    if (role === "Table") return [writeTable(rowsOf(element))];
    if (role === "L") return [writeList(element, "")];
    if (role === "Figure" || role === "Formula") return [escapeLine(textOf(element) || element.alternative)];
    return hasParts(element) ? writeMixed(children) : [escapeLine(textOf(element))];
  }

  /** Parts stand by themselves; what is between them is a paragraph. */
  function writeMixed(children: readonly Child[]): string[] {
    const blocks: string[] = [];
    let between: Child[] = [];
    const flush = () => {
      blocks.push(escapeLine(textOf({ role: "P", alternative: "", children: between })));
      between = [];
    };
    for (const child of children) {
      if (typeof child === "number" || (isInline(child) && !hasParts(child))) between.push(child);
      else {
        flush();
        blocks.push(...writeElement(child));
      }
    }
    flush();
    return blocks;
  }

  function writeList(list: Element, indent: string): string {
    const items = list.children.filter((child) => typeof child !== "number");
    return items
      .map((item) => (item.role === "L" ? writeList(item, `${indent}  `) : writeItem(item, indent)))
      .join("\n");
  }

  function writeItem(item: Element, indent: string): string {
    const nested = descendants(item).filter(({ role }) => role === "L");
    const text = textOf(item, (element) => element.role === "L");
    const marked = /^\(?[\p{L}\p{N}]{1,4}[.)]\s/u.test(text) ? text : `- ${text.replace(/^[•·‣▪◦●■o–-]\s+/u, "")}`;
    return [`${indent}${marked}`, ...nested.map((list) => writeList(list, `${indent}  `))].join("\n");
  }

  function rowsOf(table: Element): string[][] {
    const rows = descendants(table).filter(({ role }) => role === "TR");
    return rows.map((row) => row.children.flatMap((cell) => (typeof cell === "number" ? [] : [textOf(cell)])));
  }

  function textOf(element: Element, isLeftOut: (element: Element) => boolean = () => false): string {
    const own = marksOf(element, isLeftOut).flatMap((mark) => marked.get(mark) ?? []);
    return joinLines(toLines(own).map(({ text }) => text));
  }
}

function writeHeading(text: string, level: number): string {
  return text === "" ? "" : `${"#".repeat(level)} ${text}`;
}

function isInline({ role }: Element): boolean {
  return /^(Span|Link|NonStruct|Em|Strong|Sub|Quote|Code|Reference|BibEntry|Lbl|Annot|Ruby|RB|RT|RP|Warichu|WT|WP)$/.test(
    role,
  );
}

/** Whether anything in it stands by itself. */
function hasParts(element: Element): boolean {
  return descendants(element).some((each) => !isInline(each));
}

/** Those in it whose parents are not such as well are told once each: a list in a list is its parent's. */
function descendants(element: Element): Element[] {
  return element.children.flatMap((child) => {
    if (typeof child === "number") return [];
    return child.role === "L" || child.role === "Table" ? [child] : [child, ...descendants(child)];
  });
}

export function marksOf(element: Element, isLeftOut: (element: Element) => boolean = () => false): number[] {
  return element.children.flatMap((child) => {
    if (typeof child === "number") return [child];
    return isLeftOut(child) ? [] : marksOf(child, isLeftOut);
  });
}
