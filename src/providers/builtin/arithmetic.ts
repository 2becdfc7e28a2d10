import { Parser } from "expr-eval-fork";

const parser = new Parser({ operators: { assignment: false, concatenate: false, in: false, random: false } });

/** The question around a formula: `what is 2 + 3?`. */
const frame = /^(?:what(?:'s| is)|how much is|calculate|compute|evaluate)?\s*(.+?)\s*=?\s*\??$/i;
/** Digits, operators, brackets and names of functions; at least one operator or call, so that `42` is no question. */
const formula = /^[\d\s.,+\-*/%^()!a-z]{3,200}$/i;
const operation = /\d\s*[-+*/%^!]|\(/;

/** Answers a formula such as `what is 17 * (3 + 4)?`; `undefined` for anything else. */
export function answerArithmetic(question: string): string | undefined {
  const asked = frame
    .exec(question.trim())?.[1]
    ?.replaceAll("×", "*")
    .replaceAll("÷", "/")
    .replace(/(\d),(?=\d{3}\b)/g, "$1");
  if (!asked || !formula.test(asked) || !operation.test(asked)) return undefined;
  const percent = asked.replace(/([\d.]+)\s*% of\s*/gi, "$1 / 100 * ");
  try {
    const result: unknown = parser.evaluate(percent);
    return typeof result === "number" && Number.isFinite(result) ? `${asked} = ${formatNumber(result)}` : undefined;
  } catch {
    return undefined;
  }
}

/** Twelve significant digits: what binary fractions add beyond them is noise. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(12)));
}
