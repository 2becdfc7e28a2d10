import { createId } from "../lib/ids.ts";
import { arrayAt, at, countAt, isObject, numberAt, textAt } from "../lib/json.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { FinishReason, ToolCall, Usage } from "../protocol/events.ts";
import { bytesOf, parseDataUrl } from "./content.ts";
import { codeOfStatus } from "./failure.ts";
import { readLogprobs } from "./logprobs.ts";
import type { ProviderChat, ProviderEvent } from "./provider.ts";
import { StreamError, type WireDecoder } from "./wire.ts";

/** Reads chat completion chunks, as OpenAI and those who follow it send them: https://platform.openai.com/docs/api-reference/chat-streaming */
export function createStreamDecoder({ extra }: Pick<ProviderChat, "extra">): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  const toToolCall = createToolCalls();
  return {
    get state() {
      return state;
    },
    decode(chunk, _event, into) {
      if (at(chunk, "error") || at(chunk, "object") === "error" || at(chunk, "error_type") !== undefined)
        throw new StreamError(chunk, errorCode(chunk));
      const named = textAt(chunk, "model");
      if (named && named !== model) into.push({ type: "model", model: (model = named) });
      const choice = at(chunk, "choices", 0);
      // A server that does not stream sends the whole message at once.
      readDelta(at(choice, "delta") ?? at(choice, "message"), into);
      if (extra.logprobs === true) readLogprobs(at(choice, "logprobs", "content"), into);
      const reason = textAt(choice, "finish_reason");
      if (reason) {
        const finish = toFinish(reason);
        if (finish === undefined) throw new StreamError({ message: `it stopped with ${reason}` }, "upstream_failed");
        into.push({ type: "finish", reason: finish });
        state = "complete";
      }
      const usage = at(chunk, "usage");
      if (isObject(usage)) into.push({ type: "usage", usage: toUsage(usage), ...toCost(usage) });
    },
  };

  function readDelta(delta: unknown, into: ProviderEvent[]): void {
    // Two names for one thing: DeepSeek, vLLM and llama.cpp write the first, OpenRouter and Groq the second.
    const token = textAt(delta, "reasoning_content") || textAt(delta, "reasoning");
    if (token) into.push({ type: "reasoning", token });
    const content = textAt(delta, "content") || textAt(delta, "refusal");
    if (content) into.push({ type: "content", content });
    for (const part of arrayAt(delta, "content")) readPart(part, into);
    for (const image of arrayAt(delta, "images")) readImage(textAt(image, "image_url", "url"), into);
    const calls = arrayAt(delta, "tool_calls");
    if (calls.length > 0) into.push({ type: "tool_calls", tool_calls: calls.map(toToolCall) });
  }
}

/** Mistral's reasoning models write content in parts: `{"type":"thinking","thinking":[{"type":"text",…}]}`. */
function readPart(part: unknown, into: ProviderEvent[]): void {
  const content = textAt(part, "text");
  if (content) into.push({ type: "content", content });
  const thinking = at(part, "thinking");
  const token =
    typeof thinking === "string"
      ? thinking
      : arrayAt(part, "thinking")
          .map((each) => textAt(each, "text") ?? "")
          .join("");
  if (token) into.push({ type: "reasoning", token });
}

/** A picture beside the words, as OpenRouter sends it: https://openrouter.ai/docs/features/multimodal/image-generation */
function readImage(url: string | undefined, into: ProviderEvent[]): void {
  const inline = parseDataUrl(url ?? "");
  if (inline)
    into.push({
      type: "media",
      medium: { kind: "image", source: { bytes: bytesOf(inline.base64) }, mime: inline.mime },
    });
  else if (url && /^https?:/.test(url)) into.push({ type: "media", medium: { kind: "image", source: { url } } });
}

/** Arbitrary: more than any answer has. */
const maxCalls = 10_000;

/** Gives each call an index of its own: some servers leave it out, or send 0 for every call. */
function createToolCalls(): (call: unknown, position: number) => ToolCall {
  const ids: string[] = [];
  const names: (string | undefined)[] = [];
  const invented = new Set<number>();
  let open = 0;
  let isRenumbered = false;
  return (call, position) => {
    const name = textAt(call, "function", "name") || undefined;
    const told = textAt(call, "id") || undefined;
    const place = countAt(call, "index");
    // A number that no answer has calls for would make lists of that length.
    let index =
      place !== undefined && place < maxCalls ? place : name ? ids.length : Math.max(position, ids.length - 1);
    // Some servers give no ids: another name is another call. Some repeat the name, too.
    const isOther = ids[index] === undefined || (invented.has(index) && names[index] !== name);
    const isUntold = told === undefined && name !== undefined && isOther;
    const id = isUntold ? createId("call") : told;
    // A new call has a name; some servers give every piece of one call an id of its own.
    const isNew = id !== undefined && (name !== undefined || !ids[index]);
    if (isNew && ids[index] && ids[index] !== id) {
      const known = ids.indexOf(id);
      index = known === -1 ? ids.length : known;
      isRenumbered = true;
    }
    if (isNew) {
      ids[(open = index)] = id;
      names[index] = name;
      if (isUntold) invented.add(index);
    } else if (isRenumbered) index = open;
    return {
      index,
      ...(isNew && { id, type: "function" }),
      function: { ...(name && { name }), arguments: toArguments(at(call, "function", "arguments")) },
    };
  };
}

/** As text, in pieces; some servers send the whole as an object. */
function toArguments(given: unknown): string {
  return typeof given === "string" ? given : isObject(given) ? JSON.stringify(given) : "";
}

function toUsage(usage: unknown): Partial<Usage> {
  const prompt_tokens = countAt(usage, "prompt_tokens");
  const total_tokens = countAt(usage, "total_tokens");
  const cached =
    countAt(usage, "prompt_tokens_details", "cached_tokens") ??
    countAt(usage, "cached_tokens") ??
    countAt(usage, "prompt_cache_hit_tokens");
  const reasoning =
    countAt(usage, "completion_tokens_details", "reasoning_tokens") ?? countAt(usage, "reasoning_tokens");
  const said = countAt(usage, "completion_tokens");
  // xAI counts the thinking apart, and in the sum alone.
  const isApart =
    said !== undefined && reasoning !== undefined && (prompt_tokens ?? 0) + said + reasoning === total_tokens;
  const completion_tokens = isApart && reasoning > 0 ? said + reasoning : said;
  return {
    ...(prompt_tokens !== undefined && { prompt_tokens }),
    ...(completion_tokens !== undefined && { completion_tokens }),
    ...(total_tokens !== undefined && { total_tokens }),
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}

/** OpenRouter tells what an answer cost, in dollars. */
function toCost(usage: unknown): { cost?: number } {
  const cost = numberAt(usage, "cost");
  return cost !== undefined && cost >= 0 && cost < 1e9 ? { cost } : {};
}

/** `code` is a status at OpenRouter and vLLM, a word at OpenAI; some put it beside `error` rather than into it. */
export function errorCode(chunk: unknown): ErrorCode {
  const error = isObject(at(chunk, "error")) ? at(chunk, "error") : chunk;
  const code = at(error, "code");
  const status = Number(code);
  if (status >= 400 && status < 600) return codeOfStatus(status);
  const words = `${textAt(error, "type") ?? ""} ${typeof code === "string" ? code : ""}`;
  if (/rate_limit|insufficient_quota/i.test(words)) return "rate_limited";
  if (/authentication|invalid_api_key/i.test(words)) return "missing_auth";
  if (/model_not_found/i.test(words)) return "model_not_found";
  return rejections.test(words) ? "upstream_rejected" : "upstream_failed";
}

/** `invalid_prompt`, `invalid_base64_image`, `image_too_large`, `image_content_policy_violation`, … */
const rejections = /invalid_|bad_?request|context_length|image|policy|unsupported/i;

/** What an end means; `undefined` for one that is a failure: the vendor ran out of something, or the model of sense. */
function toFinish(reason: string): FinishReason | undefined {
  if (/^(error|abort|insufficient_system_resource|function_call_filter.*)$/i.test(reason)) return undefined;
  if (/^(length|model_length|max_tokens)$/i.test(reason)) return "length";
  if (/^(tool_calls|function_call)$/i.test(reason)) return "tool_calls";
  return /filter|safety|prohibited|recitation|blocklist|spii/i.test(reason) ? "content_filter" : "stop";
}
