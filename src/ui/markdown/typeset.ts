import { type CSSProperties, createElement, type ReactNode } from "react";
import Temml from "temml";
import { limits } from "./limits.ts";

/** What Temml makes of TeX: elements of MathML, text, and fragments. */
interface MathTree {
  readonly type?: string;
  readonly text?: string;
  readonly children?: readonly MathTree[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly classes?: readonly string[];
  readonly style?: CSSProperties;
}

const elements = new Set(
  (
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover munderover mmultiscripts " +
    "mprescripts none mpadded mphantom mtable mtr mtd menclose merror"
  ).split(" "),
);
const attributes = new Set(
  (
    "accent columnalign depth display displaystyle fence form height largeop linethickness lspace mathbackground mathcolor " +
    "mathsize mathvariant maxsize minsize movablelimits rowspacing rspace scriptlevel separator stretchy symmetric " +
    "voffset width"
  ).split(" "),
);
const styles = new Set(
  (
    "border borderBottom borderLeft borderRight borderTop color fontWeight mathDepth padding paddingBottom paddingLeft " +
    "paddingRight paddingTop textAlign whiteSpace"
  ).split(" "),
);
const maxDepth = 60;

/** Only what a formula is made of; `undefined` where it is none. */
export function typeset(text: string, isDisplay: boolean): ReactNode {
  if (text === "" || text.length > limits.formula) return undefined;
  try {
    const options = { displayMode: isDisplay, throwOnError: true, trust: false, maxExpand: 200 };
    return toNode(Temml.__renderToMathMLTree(text, { ...options, maxSize: [20, 20] }), 0);
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} where it is too deep */
function toNode(tree: MathTree, depth: number): ReactNode {
  if (depth > maxDepth) throw new RangeError("too deep");
  if (tree.text !== undefined) return tree.text;
  const children = (tree.children ?? []).map((child) => toNode(child, depth + 1));
  const { type = "", classes = [] } = tree;
  return elements.has(type)
    ? createElement(
        type,
        {
          ...pick(tree.attributes, attributes),
          style: pick(tree.style, styles),
          className: classes.filter(Boolean).join(" ") || undefined,
        },
        ...children,
      )
    : createElement("mrow", undefined, ...children);
}

/** No value of theirs asks for anything: not an address, not a script. */
function pick(values: object | undefined, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {})
      .filter(([name, value]) => names.has(name) && /^[\w\s.,#%+-]{1,100}$/.test(String(value)))
      .map(([name, value]) => [name, String(value)]),
  );
}
