import { childOf, childrenOf, localName, textOf, type XmlElement } from "./xml.ts";

/**
 * A formula on one line, as one would type it: `(a+b)/2`, `x_i^2`, `√(1-x)`, `∑_(k=1)^n k`. Reads what Word writes (OMML,
 * ECMA-376 part 1 §22.1) and what everybody else does (MathML 3); whatever it does not know keeps its text.
 */
export function toFormulaText(element: XmlElement): string {
  return write(element).replace(/\s+/g, " ").trim();
}

type Writer = (element: XmlElement, parts: readonly XmlElement[]) => string;

function write(element: XmlElement | undefined): string {
  if (!element) return "";
  const parts = childrenOf(element);
  const writer = writers.get(localName(element));
  if (writer) return writer(element, parts);
  return parts.length > 0 ? parts.map(write).join("") : textOf(element);
}

const part = (element: XmlElement, name: string) => write(childOf(element, name));
const property = (element: XmlElement, group: string, name: string) => {
  const attributes = childOf(element, group, name)?.attributes;
  return attributes && (attributes["m:val"] ?? attributes.val ?? "");
};
const fraction = (above: string, below: string) => `${grouped(above)}/${grouped(below)}`;
const raised = (text: string) => (text === "" ? "" : `^${grouped(text)}`);
const lowered = (text: string) => (text === "" ? "" : `_${grouped(text)}`);
const lines = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(", ")).join("; ");
const nothing: Writer = () => "";

const omml: Record<string, Writer> = {
  f: (element) => fraction(part(element, "num"), part(element, "den")),
  sSup: (element) => grouped(part(element, "e")) + raised(part(element, "sup")),
  sSub: (element) => grouped(part(element, "e")) + lowered(part(element, "sub")),
  sSubSup: (element) => grouped(part(element, "e")) + lowered(part(element, "sub")) + raised(part(element, "sup")),
  sPre: (element) => lowered(part(element, "sub")) + raised(part(element, "sup")) + grouped(part(element, "e")),
  rad: (element) => root(part(element, "e"), part(element, "deg")),
  nary: (element) =>
    `${property(element, "naryPr", "chr") ?? "∫"}${lowered(part(element, "sub"))}${raised(part(element, "sup"))} ${part(element, "e")}`,
  d: (element, parts) => {
    const inner = parts.filter((each) => localName(each) === "e").map(write);
    const sign = (name: string, usual: string) => property(element, "dPr", name) ?? usual;
    return `${sign("begChr", "(")}${inner.join(sign("sepChr", "|"))}${sign("endChr", ")")}`;
  },
  func: (element) => `${part(element, "fName")} ${part(element, "e")}`,
  limLow: (element) => part(element, "e") + lowered(part(element, "lim")),
  limUpp: (element) => part(element, "e") + raised(part(element, "lim")),
  acc: (element) => grouped(part(element, "e")) + (property(element, "accPr", "chr") ?? "\u0302"),
  m: (_, parts) =>
    `[${lines(parts.filter((row) => localName(row) === "mr").map((row) => childrenOf(row, "e").map(write)))}]`,
  eqArr: (_, parts) => lines(parts.filter((each) => localName(each) === "e").map((each) => [write(each)])),
  oMathPara: (_, parts) =>
    parts
      .filter((each) => localName(each) === "oMath")
      .map(write)
      .join("; "),
  r: (element) => childrenOf(element, "t").map(textOf).join(""),
};

const mathMl: Record<string, Writer> = {
  mfrac: (_, [above, below]) => fraction(write(above), write(below)),
  msqrt: (_, parts) => root(parts.map(write).join("")),
  mroot: (_, [inner, degree]) => root(write(inner), write(degree)),
  msub: (_, [base, sub]) => grouped(write(base)) + lowered(write(sub)),
  msup: (_, [base, sup]) => grouped(write(base)) + raised(write(sup)),
  msubsup: (_, [base, sub, sup]) =>
    `${grouped(write(base))}${lowered(write(sub))}${raised(write(sup))}${/[∏-∑∫-∳⋀-⋃]/.test(write(base)) ? " " : ""}`,
  munder: (_, [base, sub]) => `${write(base)}${lowered(write(sub))} `,
  mover: (_, [base, sup]) => write(base) + raised(write(sup)),
  munderover: (_, [base, sub, sup]) => `${write(base)}${lowered(write(sub))}${raised(write(sup))} `,
  mfenced: ({ attributes }, parts) =>
    `${attributes.open ?? "("}${parts.map(write).join(attributes.separators ?? ", ")}${attributes.close ?? ")"}`,
  mtable: (_, parts) => lines(parts.map((row) => childrenOf(row).map(write))),
  mspace: () => " ",
  // What follows the formula itself are other spellings of it.
  semantics: (_, [formula]) => write(formula),
};

const writers = new Map<string, Writer>([
  ...Object.entries(omml),
  ...Object.entries(mathMl),
  ...["rPr", "fPr", "radPr", "naryPr", "dPr", "ctrlPr", "sSupPr", "sSubPr", "annotation"].map(
    (name) => [name, nothing] as const,
  ),
]);

function root(inner: string, degree = ""): string {
  return `${degree === "" || degree === "2" ? "√" : `√[${degree}]`}${grouped(inner)}`;
}

/** In brackets, where it would else not be seen how far it reaches. */
function grouped(text: string): string {
  const inner = text.trim();
  return [...inner].length <= 1 || /^[\p{L}\p{N}.,′]+$|^\([^()]*\)$|^\[[^[\]]*\]$/u.test(inner) ? inner : `(${inner})`;
}
