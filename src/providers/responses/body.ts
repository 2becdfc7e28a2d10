import { isObject, textAt } from "../../lib/json.ts";
import type { Message, Part, ResponseFormat, Tool } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { parseDataUrl, partsOf, textOf } from "../content.ts";
import { createModel } from "../model-traits.ts";
import type { ProviderChat, Sampling } from "../provider.ts";
import { toKnownEffort } from "./effort.ts";
import { thinkingBefore, type Turn, turnOf, turnsOf } from "./turns.ts";

/** What the interface has no place for, of the usual fields. */
export const unknownFields = ["stop", "seed", "frequency_penalty", "presence_penalty"];

/** Less is refused, in tokens. */
const minOutputTokens = 16;

/** Of the fields that are passed on, those that have a place here. The last is nobody's but ours. */
const places = new Set(["user", "verbosity", "logprobs", "top_logprobs", "reasoning_summary"]);

/** https://platform.openai.com/docs/api-reference/responses/create @throws {ApiError} `upstream_rejected` for sound */
export function toBody({ model, messages, sampling, state, extra }: ProviderChat): Record<string, unknown> {
  const { max_tokens, temperature, top_p, tools, reasoning_effort } = sampling;
  const effort = reasoning_effort == null ? undefined : toKnownEffort(model, reasoning_effort);
  const turns = turnsOf(state, model);
  const thinks = effort !== undefined || isThinker(model);
  const text = {
    ...toFormat(sampling.response_format),
    ...(extra.verbosity !== undefined && { verbosity: extra.verbosity }),
  };
  const include = [
    ...(thinks ? ["reasoning.encrypted_content"] : []),
    ...(extra.logprobs === true ? ["message.output_text.logprobs"] : []),
  ];
  return {
    model,
    input: messages.flatMap((message) => toItems(message, turns)),
    stream: true,
    store: false,
    ...(include.length > 0 && { include }),
    ...(thinks && { reasoning: toReasoning(effort, extra.reasoning_summary !== "none") }),
    ...(max_tokens != null && { max_output_tokens: Math.max(max_tokens, minOutputTokens) }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(tools?.length && { tools: tools.map(toTool), ...toToolSettings(sampling) }),
    ...(Object.keys(text).length > 0 && { text }),
    ...(extra.user !== undefined && { user: extra.user }),
    ...(extra.top_logprobs !== undefined && { top_logprobs: extra.top_logprobs }),
  };
}

/** The fields that were passed on in vain. */
export function unsentOf({ extra }: ProviderChat): string[] {
  return Object.keys(extra).filter((field) => !places.has(field));
}

/** The same question, without asking for what was thought. */
export function withoutSummary(chat: ProviderChat): ProviderChat {
  return { ...chat, extra: { ...chat.extra, reasoning_summary: "none" } };
}

/** Others refuse to be asked for their thinking: `gpt-5-chat-latest`, `gpt-4o`. */
function isThinker(model: string): boolean {
  return createModel(model).reasoning && !/chat|search/.test(model);
}

function toReasoning(effort: string | undefined, wantsSummary: boolean): Record<string, unknown> {
  return { ...(effort !== undefined && { effort }), ...(wantsSummary && effort !== "none" && { summary: "auto" }) };
}

function toItems(message: Message, turns: readonly Turn[]): unknown[] {
  const { role, content, tool_calls, tool_call_id } = message;
  if (role === "tool")
    return [{ type: "function_call_output", call_id: tool_call_id ?? "", output: toContent(content) }];
  if (role !== "assistant") return [{ type: "message", role, content: toContent(content) }];
  const calls = tool_calls ?? [];
  const turn = turnOf(calls, turns);
  const said = textOf(content);
  // What a model has drawn is shown to it as the user's: an assistant's turn holds words alone.
  const drawn = partsOf(content).filter((part) => part.type !== "text");
  return [
    ...thinkingBefore(null, turn),
    ...(said !== "" ? [{ type: "message", role, content: said, ...(turn?.phase && { phase: turn.phase }) }] : []),
    ...(drawn.length > 0 ? [{ type: "message", role: "user", content: drawn.map(toPart) }] : []),
    ...calls.flatMap(({ id = "", function: { name = "", arguments: args } }) => [
      ...thinkingBefore(id, turn),
      { type: "function_call", call_id: id, name, arguments: args || "{}" },
    ]),
  ];
}

/** Text alone is a string: as parts it has two names, and an assistant's needs an id that only the vendor's own have. */
export function toContent(content: Message["content"], encode: (part: Part) => unknown = toPart): string | unknown[] {
  const parts = partsOf(content);
  return parts.every(({ type }) => type === "text") ? textOf(content) : parts.map(encode);
}

function toPart(part: Part): unknown {
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image_url":
      return { type: "input_image", image_url: part.image_url.url, detail: part.image_url.detail ?? "auto" };
    case "file": {
      const { filename, file_data } = part.file;
      // A name is demanded, and its ending says what the file is.
      const ending = parseDataUrl(file_data)?.mime.replace(/^.*\//, "") ?? "pdf";
      return { type: "input_file", filename: filename ?? `file.${ending}`, file_data };
    }
    case "input_audio":
      throw new ApiError("upstream_rejected", "OpenAI's Responses interface takes no sound: ask a model that listens");
  }
}

/** Strict is what it is not in the other interface: the default. */
export function toTool({ function: { name, description, parameters, strict } }: Tool): Record<string, unknown> {
  return {
    type: "function",
    name,
    ...(description && { description }),
    parameters: parameters ?? { type: "object", properties: {} },
    strict: strict ?? false,
  };
}

function toToolSettings({ tool_choice, parallel_tool_calls }: Sampling): Record<string, unknown> {
  const choice = isObject(tool_choice)
    ? { type: "function", name: textAt(tool_choice, "function", "name") }
    : tool_choice;
  return {
    ...(choice != null && { tool_choice: choice }),
    ...(parallel_tool_calls != null && { parallel_tool_calls }),
  };
}

function toFormat(format: ResponseFormat | null | undefined): Record<string, unknown> {
  if (format == null || format.type === "text") return {};
  return { format: { ...(format.type === "json_schema" && format.json_schema), type: format.type } };
}
