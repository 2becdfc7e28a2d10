import { type Static, Type } from "@sinclair/typebox";
import { at, isObject, textAt } from "../../../lib/json.ts";
import type { ChatRequest } from "../../../protocol/chat.ts";
import { isId } from "../../../protocol/ids.ts";
import type { Asked } from "../../asked.ts";
import { createReader } from "../../reader.ts";
import { toMessages } from "./messages.ts";
import { toTools } from "./tools.ts";
import { maxChoices, model, optional, stream, tokens } from "../fields.ts";

/** What OpenAI has another name or meaning for than we do; the rest is the engine's to judge. */
const ChatBody = Type.Object(
  {
    ...stream,
    model,
    messages: Type.Array(Type.Unknown(), { expected: "an array with at least one message" }),
    n: optional(Type.Integer({ minimum: 1, maximum: maxChoices }), `a whole number from 1 to ${maxChoices}`),
    max_tokens: tokens,
    max_completion_tokens: tokens,
    tools: optional(Type.Array(Type.Unknown()), "an array of tools"),
    functions: optional(Type.Array(Type.Unknown()), "an array of functions"),
    logprobs: optional(Type.Boolean(), "a boolean"),
    user: optional(Type.String(), "a string"),
    reasoning: optional(
      Type.Object({
        effort: optional(Type.String(), "a string"),
        enabled: optional(Type.Boolean(), "a boolean"),
      }),
      "an object",
    ),
    audio: optional(Type.Object({}), "an object"),
    web_search_options: optional(Type.Object({}), "an object"),
  },
  { additionalProperties: true, expected: "a JSON object" },
);
type ChatBody = Static<typeof ChatBody>;

const read = createReader(ChatBody);

type AskedFields = Omit<ChatRequest, "messages">;

/** What is asked of chat completions. */
export interface AskedChat {
  /** What the engine is asked, once for each choice; not yet checked by it. */
  readonly asked: Asked;
  readonly choices: number;
  readonly isStream: boolean;
  /** Whether a stream ends with what was used. */
  readonly includesUsage: boolean;
  /** Whether functions were offered in the older form, so that calls are told in it. */
  readonly isOlder: boolean;
  readonly hasLogprobs: boolean;
}

/** https://platform.openai.com/docs/api-reference/chat/create @throws {ApiError} `invalid_request` */
export function parseChatBody(value: unknown): AskedChat {
  const body = read(value);
  const { messages, n, stream, stream_options, logprobs, tools, functions } = body;
  const isOlder = tools == null && functions != null;
  const fields = { ...toFields(body), ...(isOlder && { parallel_tool_calls: false }) };
  return {
    // What is in the fields is for the engine to check.
    asked: { ...(fields as AskedFields), messages: toMessages(messages) },
    choices: n ?? 1,
    isStream: stream === true,
    includesUsage: stream_options?.include_usage === true,
    isOlder,
    hasLogprobs: logprobs === true,
  };
}

/** Fields that we do not know go on to whoever answers, if that is one of those it takes. */
function toFields(body: ChatBody & Readonly<Record<string, unknown>>) {
  const {
    messages: _messages,
    n: _n,
    stream: _stream,
    stream_options: _options,
    max_tokens,
    max_completion_tokens,
    tools,
    tool_choice,
    functions,
    function_call,
    response_format: form,
    provider,
    user,
    reasoning,
    reasoning_effort: effort,
    audio,
    web_search_options: searchOptions,
    ...rest
  } = body;
  return {
    ...toSpeech(audio),
    ...rest,
    ...toTools({ tools, tool_choice, functions, function_call }),
    ...(provider != null && toProvider(provider)),
    max_tokens: max_completion_tokens ?? max_tokens,
    ...(form != null && { response_format: toForm(form) }),
    ...toEffort(effort, reasoning),
    // Their clients name end users as they like; ours is whose memories are meant.
    ...(user != null && (rest.memory === true || isId(user)) && { user }),
    ...(searchOptions != null && rest.web_search == null && { web_search: "auto" }),
  };
}

/** As OpenRouter has it, an object says whom to prefer: https://openrouter.ai/docs/features/provider-routing */
function toProvider(provider: unknown) {
  if (!isObject(provider)) return { provider };
  const named = [provider.order, provider.only].find((list) => Array.isArray(list) && list.length > 0);
  return Array.isArray(named) ? { provider: named } : {};
}

/** https://openrouter.ai/docs/use-cases/reasoning-tokens */
function toEffort(effort: unknown, reasoning: ChatBody["reasoning"]) {
  const told = effort ?? reasoning?.effort ?? (reasoning?.enabled === false ? "none" : undefined);
  return told == null ? {} : { reasoning_effort: told };
}

/** A schema without strictness, or without a schema, is written in two ways. */
function toForm(form: unknown): unknown {
  const described = at(form, "json_schema");
  if (!isObject(form) || !isObject(described)) return form;
  const { strict, schema, ...rest } = described;
  return { ...form, json_schema: { ...rest, schema: schema ?? {}, ...(strict != null && { strict }) } };
}

/** How a model that speaks is to sound. */
function toSpeech(audio: unknown) {
  const voice = textAt(audio, "voice") ?? textAt(audio, "voice", "id");
  const format = textAt(audio, "format");
  return { ...(voice !== undefined && { voice }), ...(format !== undefined && { format }) };
}
