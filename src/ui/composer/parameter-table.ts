/** One of a request's parameters, as it is set by hand. */
export interface Parameter {
  readonly name: string;
  readonly label: string;
  readonly about: string;
  readonly kind: "number" | "whole" | "words" | "effort";
  readonly least?: number;
  readonly most?: number;
  readonly step?: number;
}

export const parameters: readonly Parameter[] = [
  {
    name: "temperature",
    label: "Temperature",
    about: "Low: the likeliest words. High: more variety.",
    kind: "number",
    least: 0,
    most: 2,
    step: 0.1,
  },
  {
    name: "top_p",
    label: "Top P",
    about: "Of how much of the likeliest words one is chosen.",
    kind: "number",
    least: 0,
    most: 1,
    step: 0.05,
  },
  {
    name: "max_tokens",
    label: "Longest answer, in tokens",
    about: "A token is about four letters.",
    kind: "whole",
    least: 1,
  },
  { name: "reasoning_effort", label: "Reasoning effort", about: "How long a reasoning model thinks.", kind: "effort" },
  {
    name: "stop",
    label: "Stop at",
    about: "The answer ends before these words; several on a line each.",
    kind: "words",
  },
  { name: "seed", label: "Seed", about: "With the same seed, some models answer the same again.", kind: "whole" },
];

export const efforts: readonly string[] = ["none", "minimal", "low", "medium", "high"];

/** What was typed as a request has it; `undefined` for nothing, and for what is none. */
export function parseParameter({ kind, least = -Infinity, most = Infinity }: Parameter, typed: string): unknown {
  if (typed.trim() === "") return undefined;
  if (kind === "effort") return typed;
  if (kind === "words") return typed.split("\n").filter((line) => line !== "");
  const value = Number(typed);
  const isRight = Number.isFinite(value) && value >= least && value <= most;
  return isRight && (kind === "number" || Number.isSafeInteger(value)) ? value : undefined;
}

/** As it is typed. */
export function showParameter(value: unknown): string {
  if (Array.isArray(value)) return value.map(showParameter).join("\n");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** What is wrong with it. */
export function explainRange({ kind, least, most }: Parameter): string {
  const what = kind === "whole" ? "A whole number" : "A number";
  if (least !== undefined && most !== undefined) return `${what} from ${least} to ${most}.`;
  return least === undefined ? `${what}.` : `${what} from ${least} on.`;
}
