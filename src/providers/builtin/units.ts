import { convert, type Unit } from "convert";
import { formatNumber } from "./arithmetic.ts";

const question =
  /(?:^|\s)(-?[\d,]*\.?\d+)\s*(°?[a-z][a-z ]*?[23²³]?)\s+(?:in|to|into|as|are how many)\s+(°?[a-z][a-z ]*?[23²³]?)\s*\??$/i;
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
  const value = Number(amount.replaceAll(",", ""));
  for (const [source, target] of [
    [from, to],
    [fold(from), fold(to)],
  ] as const) {
    try {
      // Which units there are is the library's to say: it throws for those that it does not know.
      const result: unknown = convert(value, source as Unit).to(target as never);
      if (typeof result === "number" && Number.isFinite(result))
        return `${formatNumber(value)} ${from} = ${formatNumber(result)} ${to}`;
    } catch {
      // Not a unit, or units of different kinds: perhaps in its other spelling, else no question of ours.
    }
  }
  return undefined;
}

const spellings: Readonly<Record<string, string>> = {
  "°c": "celsius",
  "°f": "fahrenheit",
  metres: "meters",
  metre: "meter",
  litres: "liters",
  litre: "liter",
};

function fold(unit: string): string {
  const lower = unit.trim().toLowerCase();
  return spellings[lower] ?? lower;
}
