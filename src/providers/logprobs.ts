import { arrayAt, at, numberAt, textAt } from "../lib/json.ts";
import type { TokenLogprob } from "../protocol/events.ts";
import type { ProviderEvent } from "./provider.ts";

/** As both of OpenAI's interfaces tell them; nothing where there are none. */
export function readLogprobs(told: unknown, into: ProviderEvent[]): void {
  const logprobs = Array.isArray(told) ? told.flatMap(toLogprob) : [];
  if (logprobs.length > 0) into.push({ type: "logprobs", logprobs });
}

function toLogprob(told: unknown): TokenLogprob[] {
  return toAlternative(told).map((token) => ({
    ...token,
    top_logprobs: arrayAt(told, "top_logprobs").flatMap(toAlternative),
  }));
}

function toAlternative(told: unknown): Omit<TokenLogprob, "top_logprobs">[] {
  const token = textAt(told, "token");
  const logprob = numberAt(told, "logprob");
  if (token === undefined || logprob === undefined) return [];
  const bytes = at(told, "bytes");
  return [{ token, logprob, bytes: Array.isArray(bytes) && bytes.every(isByte) ? bytes : null }];
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value);
}
