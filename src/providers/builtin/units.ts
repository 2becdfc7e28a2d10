import { convert, type Unit } from "convert";
import { formatNumber } from "./arithmetic.ts";

const question =
  /(?:^|\s)(-?[\d,]*\.?\d+)\s*((?:degrees? )?°?[a-z][a-z ]*?[23²³]?)\s+(?:in|to|into|as|are how many)\s+((?:degrees? )?°?[a-z][a-z ]*?[23²³]?)\s*\??$/i;
const howMany =
  /how (?:many|much)\s+([a-z][a-z ]*?[23]?)\s+(?:is|are|in|are in|are there in)\s+(-?[\d,]*\.?\d+|an?|one)\s*([a-z][a-z ]*?[23]?)\s*\??$/i;

/** Answers `5 km in miles` and `how many feet are 2 metres?`; `undefined` for anything else. */
export function answerUnits(text: string): string | undefined {
  const direct = question.exec(text.trim());
  if (direct) return convertUnits(direct[1], direct[2], direct[3]);
  const turned = howMany.exec(text.trim());
  return turned
    ? convertUnits(/^(an?|one)$/i.test(turned[2] ?? "") ? "1" : turned[2], turned[3], turned[1])
    : undefined;
}

function convertUnits(amount = "", from = "", to = ""): string | undefined {
  // Nobody can say what a capital M alone stands for.
  if (from.trim() === "M" || to.trim() === "M") return undefined;
  const value = Number(amount.replaceAll(",", ""));
  for (const [source, target] of [
    [spell(from), spell(to)],
    [spell(from.toLowerCase()), spell(to.toLowerCase())],
  ] as const) {
    try {
      // Which units there are is the library's to say: it throws for those that it does not know.
      const result: unknown = convert(value, source as Unit).to(target as never);
      if (typeof result !== "number" || !Number.isFinite(result)) continue;
      const sign = /^(month|year)/.test(source) || /^(month|year)/.test(target) ? "≈" : "=";
      const measure = american.test(`${source} ${target}`) ? " (US measure)" : "";
      return `${formatNumber(value)} ${from} ${sign} ${formatNumber(result)} ${to}${measure}`;
    } catch {
      // Not a unit, or units of different kinds: perhaps in its other spelling, else no question of ours.
    }
  }
  return undefined;
}

/** Where Britain's differ. */
const american = /\b(pints?|gallons?|quarts?|cups?|fluid ounces?|fl oz)\b/;

/** As people write them; the library would take `m` for minutes and lower-case bytes for bits. */
const spellings: ReadonlyMap<string, string> = new Map([
  ["°c", "celsius"],
  ["°C", "celsius"],
  ["c", "celsius"],
  ["°f", "fahrenheit"],
  ["°F", "fahrenheit"],
  ["f", "fahrenheit"],
  ["m", "meters"],
  ["metres", "meters"],
  ["metre", "meter"],
  ["litres", "liters"],
  ["litre", "liter"],
  ["kb", "kB"],
  ["mb", "MB"],
  ["gb", "GB"],
  ["tb", "TB"],
]);

function spell(unit: string): string {
  const name = unit.trim().replace(/^degrees? /i, "");
  return spellings.get(name) ?? name;
}
