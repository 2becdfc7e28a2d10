import type { Attributes } from "@opentelemetry/api";
import { portOf } from "../lib/web-address.ts";
import type { Attempt, TracedCall } from "../protocol/trace.ts";
import type { EndedRun } from "../runs/observer.ts";

/**
 * What spans say, by the conventions for generative AI where they have a word for it, else under `parley.`:
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ — never what was asked or answered, nor a failure's text.
 */

/** What is known of a provider that is the server's own. */
export interface Place {
  /** The vendor that it is, where it is at the vendor's own address. */
  readonly vendor?: string | undefined;
  /** `http://127.0.0.1:8000`, where the operator put it. */
  readonly origin?: string | undefined;
}

/** Tokens are those of its attempts: whoever adds up all spans counts each once. */
export function toRunAttributes(run: EndedRun): Attributes {
  const { row, trace } = run;
  const { asked, route } = trace.decision;
  return {
    ...toCommon(run),
    "parley.run.outcome": row.outcome,
    "user.id": row.owner,
    ...(asked !== null && { "parley.run.asked": asked }),
    ...(route !== null && { "parley.run.route": route }),
    ...(row.cost !== null && { "parley.run.cost": row.cost }),
    ...(row.error !== null && { "error.type": row.error }),
  };
}

export function toAttemptAttributes(attempt: Attempt, run: EndedRun, placeOf: (provider: string) => Place): Attributes {
  const { provider, model, started_ms, first_token_ms, outcome, error } = attempt;
  const candidate = run.candidates.find((each) => each.provider.name === provider && each.model === model);
  // A caller's own server may have the name of one of ours.
  const { vendor, origin } = candidate?.isCallers ? {} : placeOf(provider);
  const makes = candidate?.provider.makes?.(model);
  return {
    ...toCommon(run),
    "gen_ai.operation.name": makes === undefined ? "chat" : "generate_content",
    "gen_ai.provider.name": toProviderName(vendor ?? provider),
    "gen_ai.request.model": model,
    ...(makes !== undefined && { "gen_ai.output.type": makes === "audio" ? "speech" : makes }),
    ...(origin !== undefined && toServer(new URL(origin))),
    ...(first_token_ms !== null && { "gen_ai.response.time_to_first_chunk": (first_token_ms - started_ms) / 1000 }),
    ...(error !== null && { "error.type": error }),
    "parley.provider": provider,
    "parley.attempt.outcome": outcome,
    "parley.attempt.hedge": attempt.hedge,
    "parley.attempt.tool_emulation": attempt.tool_emulation,
    ...(attempt.key !== undefined && { "parley.attempt.key": attempt.key }),
    ...(attempt === findCounted(run) && toUsage(run)),
  };
}

export function toCallAttributes({ name }: TracedCall, run: EndedRun): Attributes {
  return { ...toCommon(run), "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name };
}

function toCommon({ row, chatId }: EndedRun): Attributes {
  return { "parley.run.id": row.run_id, ...(chatId !== null && { "gen_ai.conversation.id": chatId }) };
}

/** The attempt that tokens were counted for: the last that was shown. */
function findCounted({ row, trace }: EndedRun): Attempt | undefined {
  const shown = trace.attempts.filter(({ outcome }) => outcome !== "lost" && outcome !== "skipped");
  return (
    shown.findLast(({ outcome }) => outcome === "answered") ?? shown.findLast((each) => each.provider === row.provider)
  );
}

function toUsage({ row, trace }: EndedRun): Attributes {
  const usage = trace.end?.usage;
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  const thought = usage?.completion_tokens_details?.reasoning_tokens;
  return {
    ...(row.model !== null && { "gen_ai.response.model": row.model }),
    ...(row.outcome !== "error" && row.outcome !== "cancelled" && { "gen_ai.response.finish_reasons": [row.outcome] }),
    ...(usage && {
      "gen_ai.usage.input_tokens": usage.prompt_tokens,
      "gen_ai.usage.output_tokens": usage.completion_tokens,
    }),
    ...(cached !== undefined && { "gen_ai.usage.cache_read.input_tokens": cached }),
    ...(thought !== undefined && { "gen_ai.usage.reasoning.output_tokens": thought }),
  };
}

function toServer(url: URL): Attributes {
  return { "server.address": url.hostname, "server.port": portOf(url) };
}

/** Those whose names the conventions know otherwise than in small letters. */
const wellKnown: Readonly<Record<string, string>> = {
  azureopenai: "azure.ai.openai",
  gemini: "gcp.gemini",
  mistral: "mistral_ai",
  xai: "x_ai",
};

function toProviderName(name: string): string {
  const plain = name.toLowerCase();
  return wellKnown[plain] ?? plain;
}
