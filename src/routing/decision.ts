import { nearestNames } from "../lib/nearest.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Attempt, Decision, Strategy } from "../protocol/trace.ts";
import type { Candidate } from "./candidate.ts";
import type { Skip } from "./consider.ts";
import type { Ask, Option, Unable } from "./options.ts";
import type { Route } from "./route.ts";

/** One who was looked at, and why it was left out. */
export interface Looked {
  readonly each: Option | Unable;
  readonly skip: Skip | undefined;
}

/** What the router found, before it is told. */
export interface Outcome {
  readonly considered: readonly Looked[];
  readonly candidates: readonly Candidate[];
  readonly ask: Ask;
  readonly isRouted: boolean;
  /** How many providers there were to choose from. */
  readonly among: number;
  readonly strategy: Strategy;
  readonly route?: Route | undefined;
  /** The models that can be named instead, where one was asked for that nobody has. */
  readonly names: () => readonly string[];
}

export function isOption(each: Option | Unable): each is Option {
  return "model" in each;
}

/** In the settings 0 means that there is no such limit. */
export function toMs(seconds: number): number | null {
  return seconds > 0 ? seconds * 1000 : null;
}

/** As people read it: `Groq/llama-3.3-70b`, with the number of its key where there are several. */
export function candidateText({ provider, model, keyIndex }: Candidate): string {
  return `${provider.name}/${model}${keyIndex === undefined ? "" : ` (key ${keyIndex + 1})`}`;
}

export function toChoice(candidate: Candidate): Decision["candidates"][number] {
  return { ...toTarget(candidate), first_token_timeout_ms: candidate.firstTokenMs ?? null };
}

export function toTarget({ provider, model, keyIndex }: Candidate): Pick<Attempt, "provider" | "model" | "key"> {
  return { provider: provider.name, model, ...(keyIndex !== undefined && { key: keyIndex + 1 }) };
}

/** Why nobody can answer. */
export function toFailure({ considered, ask: { asked }, isRouted, among, route, names }: Outcome): ApiError {
  const waits = considered.flatMap(({ skip }) => skip?.retryAfterMs ?? []);
  const whys = considered.map(({ each, skip }) => `${each.provider.name}: ${skip?.why}`).join("; ");
  if (waits.length > 0)
    return new ApiError("rate_limited", `nobody may be asked now: ${whys}`, { retryAfterMs: Math.min(...waits) });
  if (!isRouted) {
    const own = considered.flatMap(({ each }) => (isOption(each) ? [] : (each.failure ?? [])))[0];
    return own ?? new ApiError("model_not_found", `${whys}; name a model in "model"`);
  }
  if (route)
    return new ApiError(
      "model_not_found",
      `nobody of the route ${JSON.stringify(route.name)} can answer (${whys || "all of it are ignored"})`,
    );
  const what =
    asked === null
      ? "nothing can answer"
      : `no configured provider has the model ${JSON.stringify(asked.slice(0, 80))}`;
  const cure =
    among === 0
      ? "set a key such as OPENAI_API_KEY, or start a local runtime"
      : `${likeNames(asked, names())}GET /v1/models lists what there is`;
  return new ApiError("model_not_found", `${what}${whys && ` (${whys})`}; ${cure}`);
}

/** Most names that are wrong are nearly right; three is arbitrary. */
function likeNames(asked: string | null, names: readonly string[]): string {
  const like = nearestNames(asked ?? "", names, 3).map((name) => name.slice(0, 80));
  return asked === null || like.length === 0 ? "" : `there are for example ${like.join(", ")}; `;
}
