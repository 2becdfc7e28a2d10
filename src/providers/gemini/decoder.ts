import { createId } from "../../lib/ids.ts";
import { arrayAt, at, countAt, textAt } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { FinishReason, Usage } from "../../protocol/events.ts";
import { callsOf } from "../content.ts";
import { codeOfStatus } from "../failure.ts";
import type { MediaKind } from "../../protocol/resources.ts";
import type { ProviderChat, ProviderEvent } from "../provider.ts";
import { StreamError, type WireDecoder } from "../wire.ts";
import { draws, speaks } from "./makes.ts";
import { emptyAnswer } from "./refusal.ts";

/** What function calls were signed with, by their ids: current models refuse a turn whose signatures are gone. */
interface State {
  readonly signatures: Readonly<Record<string, string>>;
}

/** https://ai.google.dev/api/generate-content#generatecontentresponse */
export function createDecoder({ model: asked, messages, state: earlier }: ProviderChat, provider: string): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  let isEmpty = true;
  let calls = 0;
  const signatures: Record<string, string> = {};
  // Those of earlier steps are wanted back too, as long as their calls are still told of.
  for (const { id = "" } of callsOf(messages)) {
    const signature = textAt(earlier, "signatures", id);
    if (signature) signatures[id] = signature;
  }
  let isSigned = false;

  return {
    get state() {
      return state;
    },
    decode(message, _event, into) {
      if (at(message, "error")) throw new StreamError(message, codeOfStatus(countAt(message, "error", "code") ?? 500));
      const named = textAt(message, "modelVersion");
      if (named && named !== model) into.push({ type: "model", model: (model = named) });
      const candidate = at(message, "candidates", 0);
      for (const part of arrayAt(candidate, "content", "parts")) readPart(part, into);
      pushUsage(at(message, "usageMetadata"), into);
      const blocked = textAt(message, "promptFeedback", "blockReason");
      const reason = blocked ? "SAFETY" : textAt(candidate, "finishReason");
      if (!reason || state !== "open") return;
      if (failedReasons.test(reason)) {
        const said = textAt(candidate, "finishMessage") ?? `it stopped with ${reason}`;
        throw new StreamError({ message: said }, "upstream_failed");
      }
      const thing = draws(asked) ? "picture" : speaks(asked) ? "sound" : undefined;
      if (thing && isEmpty && reason !== "MAX_TOKENS") throw emptyAnswer(message, provider, thing);
      if (isSigned) into.push({ type: "state", state: { signatures } satisfies State });
      into.push({ type: "finish", reason: lookUp(finishReasons, reason) ?? "content_filter" });
      state = "complete";
    },
  };

  function readPart(part: unknown, into: ProviderEvent[]): void {
    const text = textAt(part, "text");
    if (text && at(part, "thought") === true) into.push({ type: "reasoning", token: text });
    else if (text) into.push({ type: "content", content: text });
    const mime = textAt(part, "inlineData", "mimeType") ?? "";
    const data = textAt(part, "inlineData", "data");
    const kind = lookUp(mediaKinds, mime.replace(/\/.*/, "").toLowerCase());
    // Pictures that it thinks in are sketches of those to come.
    const isSketch = at(part, "thought") === true;
    if (kind && data) {
      const medium = { kind, source: { bytes: Buffer.from(data, "base64") }, mime };
      into.push({ type: isSketch ? "preview" : "media", medium });
    }
    if ((text || (kind && data)) && !isSketch) isEmpty = false;
    const name = textAt(part, "functionCall", "name");
    if (!name) return;
    const id = textAt(part, "functionCall", "id") ?? createId("call");
    const signature = textAt(part, "thoughtSignature");
    if (signature) {
      signatures[id] = signature;
      isSigned = true;
    }
    const args = JSON.stringify(at(part, "functionCall", "args") ?? {});
    into.push({
      type: "tool_calls",
      tool_calls: [{ index: calls++, id, type: "function", function: { name, arguments: args } }],
    });
  }
}

/** Everything else is a refusal of the vendor's: SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII, … */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  FINISH_REASON_UNSPECIFIED: "stop",
  OTHER: "stop",
  // With words instead.
  NO_IMAGE: "stop",
  IMAGE_OTHER: "stop",
};

const mediaKinds: Readonly<Record<string, MediaKind>> = { image: "image", audio: "audio", video: "video" };

/** The model lost its way, or we forgot what it wants back: no answer, and nobody's refusal. */
const failedReasons = /^(MALFORMED_|UNEXPECTED_TOOL_CALL|TOO_MANY_TOOL_CALLS|MISSING_THOUGHT_SIGNATURE)/;

/** Thoughts are counted apart from the candidates; both are output. */
function pushUsage(usage: unknown, into: ProviderEvent[]): void {
  const prompt = countAt(usage, "promptTokenCount");
  if (prompt === undefined) return;
  const thoughts = countAt(usage, "thoughtsTokenCount");
  const cached = countAt(usage, "cachedContentTokenCount");
  const told: Partial<Usage> = {
    prompt_tokens: prompt,
    completion_tokens: (countAt(usage, "candidatesTokenCount") ?? 0) + (thoughts ?? 0),
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(thoughts !== undefined && { completion_tokens_details: { reasoning_tokens: thoughts } }),
  };
  into.push({ type: "usage", usage: told });
}
