import { Parser } from "expr-eval-fork";

const parser = new Parser({ operators: { assignment: false, concatenate: false, in: false, random: false } });
// What gives another result each time is no arithmetic; what works on lists or text is none of ours.
for (const name of ["random", "map", "fold", "filter", "indexOf", "join", "sum", "if"])
  Reflect.deleteProperty(parser.functions, name);

/** The question around a formula: `what is 2 + 3?`. */
const asking = /^(?:what(?:'s| is)|how much is|calculate|compute|evaluate)?\s*(.+?)\s*=?\s*\??$/i;
/** Digits, operators, brackets and names of functions; at least one operator or call, so that `42` is no question. */
const formula = /^[\d\s.,+\-*/%^()!a-z]{2,200}$/i;
const operation = /\d\s*[-+*/%^!]|\(/;
/** Per cent of nothing in particular: people mean different things by `50 + 10%`. */
const loosePercent = /%\s*($|[-+*/^)])/;

const words: readonly (readonly [RegExp, string])[] = [
  [/×|\btimes\b|\bmultiplied by\b/gi, "*"],
  [/÷|\bdivided by\b/gi, "/"],
  [/\bplus\b/gi, "+"],
  [/\bminus\b/gi, "-"],
  [/\*\*/g, "^"],
  [/\b(?:the )?square root of\s+([\d.]+)/gi, "sqrt($1)"],
  [/([\d.]+)\s*% off\s*([\d.]+)/gi, "$2 * (1 - $1 / 100)"],
  [/([\d.]+)\s*% of(?: the)?\s*/gi, "$1 / 100 * "],
  // As pocket calculators have it.
  [/\blog\(/gi, "log10("],
];

/** Answers a formula such as `what is 17 * (3 + 4)?`; `undefined` for anything else. */
export function answerArithmetic(question: string): string | undefined {
  const asked = asking.exec(question.trim())?.[1];
  if (!asked) return undefined;
  // Within a call a comma parts two arguments: there it is never one of thousands.
  const plain = /[a-z]\(/i.test(asked) ? asked : asked.replace(/(\d),(?=\d{3}\b)/g, "$1");
  const toEvaluate = words.reduce((text, [pattern, sign]) => text.replace(pattern, sign), plain);
  if (!formula.test(toEvaluate) || !operation.test(toEvaluate) || loosePercent.test(toEvaluate)) return undefined;
  try {
    const result: unknown = parser.evaluate(toEvaluate);
    if (typeof result !== "number" || !Number.isFinite(result)) return undefined;
    const unit = /\b(sin|cos|tan)\(/i.test(toEvaluate) ? " (angles in radians)" : "";
    return `${plain} ${isExact(result, toEvaluate) ? "=" : "≈"} ${formatNumber(result)}${unit}`;
  } catch {
    return undefined;
  }
}

/** Whether the shown digits are all that there are: no longer fraction, and no number too large to be counted. */
function isExact(result: number, text: string): boolean {
  const numbers = [...(text.match(/\d+/g) ?? []).map(Number), Math.abs(result)];
  return (
    numbers.every((each) => each <= Number.MAX_SAFE_INTEGER) &&
    Math.abs(result - shown(result)) <= 1e-13 * Math.abs(result)
  );
}

/** Twelve significant digits: what binary fractions add beyond them is noise. */
export function formatNumber(value: number): string {
  return String(shown(value));
}

function shown(value: number): number {
  return Number(value.toPrecision(12));
}
