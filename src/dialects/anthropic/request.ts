import { type Static, type TObject, type TProperties, Type } from "@sinclair/typebox";
import { isObject } from "../../lib/json.ts";
import { maxNameLength } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Asked } from "../asked.ts";
import { partsOf } from "./blocks.ts";
import { Content, toContent } from "./content.ts";
import { toMessages, Turn } from "./messages.ts";
import { createReader } from "../reader.ts";
import { type ShownThinking, shownThinking, Thinking, toEffort } from "./thinking.ts";
import { AnyTool, ToolChoice, toTools } from "./tools.ts";

const open = { additionalProperties: true } as const;
const optional = <T extends TProperties>(schema: TObject<T>) =>
  Type.Optional(Type.Union([schema, Type.Null()], { expected: schema.expected }));
const optionalNumber = () => Type.Optional(Type.Union([Type.Number(), Type.Null()], { expected: "a number or null" }));

const Format = Type.Object(
  { type: Type.Literal("json_schema"), schema: Type.Record(Type.String(), Type.Unknown()) },
  { ...open, expected: "an object of type json_schema with schema" },
);

const fields = {
  model: Type.String({ minLength: 1, maxLength: maxNameLength, expected: "a model's name" }),
  messages: Type.Array(Turn, { minItems: 1, expected: "an array with at least one message" }),
  system: Type.Optional(Type.Union([...Content.anyOf, Type.Null()], { expected: Content.expected })),
  tools: Type.Optional(Type.Union([Type.Array(AnyTool), Type.Null()], { expected: "an array of tools" })),
  tool_choice: optional(ToolChoice),
  thinking: optional(Thinking),
  output_config: optional(
    Type.Object(
      {
        effort: Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string or null" })),
        format: optional(Format),
      },
      { ...open, expected: "an object" },
    ),
  ),
  /** Its older place. */
  output_format: optional(Format),
  mcp_servers: Type.Optional(Type.Unknown()),
  cache_control: Type.Optional(Type.Unknown()),
  provider: Type.Optional(Type.Unknown()),
};

const readCounted = createReader(Type.Object(fields, { ...open, expected: "a JSON object" }));
const readAsked = createReader(
  Type.Object(
    {
      ...fields,
      max_tokens: Type.Integer({ minimum: 0, expected: "a whole number of tokens" }),
      stop_sequences: Type.Optional(
        Type.Union([Type.Array(Type.String()), Type.Null()], { expected: "an array of strings" }),
      ),
      temperature: optionalNumber(),
      top_p: optionalNumber(),
      top_k: optionalNumber(),
      stream: Type.Optional(Type.Union([Type.Boolean(), Type.Null()], { expected: "a boolean" })),
    },
    { ...open, expected: "a JSON object" },
  ),
);

export interface MessagesRequest {
  readonly asked: Asked;
  readonly isStream: boolean;
  readonly thinking: ShownThinking;
}

/** https://docs.anthropic.com/en/api/messages @throws {ApiError} `invalid_request`, naming the field and never its value */
export function parseMessages(value: unknown): MessagesRequest {
  const body = readAsked(value);
  const { max_tokens, stop_sequences: stop, temperature, top_p, top_k, stream } = body;
  const asked = {
    ...toAsked(body),
    max_tokens,
    ...(stop && stop.length > 0 && { stop }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(top_k != null && { top_k }),
  };
  return { asked, isStream: stream === true, thinking: shownThinking(body.thinking) };
}

/** https://docs.anthropic.com/en/api/messages-count-tokens @throws {ApiError} `invalid_request` */
export function parseCounted(value: unknown): Asked {
  return toAsked(readCounted(value));
}

function toAsked(body: Static<TObject<typeof fields>>): Asked {
  const { model, system, tools, tool_choice, thinking, output_config: output, mcp_servers: servers, provider } = body;
  if (Array.isArray(servers) && servers.length > 0)
    throw new ApiError(
      "invalid_request",
      "mcp_servers: a request cannot bring MCP servers; list them in parley.yaml, under mcp_servers",
    );
  const effort = toEffort(thinking, output?.effort);
  const format = output?.format ?? body.output_format;
  return {
    model,
    ...(typeof provider === "string" && { provider }),
    messages: [
      ...toSystem(system ?? ""),
      ...marked(body).flatMap((turn, index) => toMessages(turn, `messages[${index}]`)),
    ],
    ...toTools(tools ?? [], tool_choice),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(format && {
      response_format: { type: "json_schema", json_schema: { name: "answer", schema: format.schema, strict: true } },
    }),
  };
}

function toSystem(system: Content): unknown[] {
  const parts = partsOf(system, "system");
  return parts.length === 0 ? [] : [{ role: "system", content: toContent(parts) }];
}

/** A mark on the whole request stands on what it ends with. */
function marked({ messages, cache_control: mark }: Static<TObject<typeof fields>>): readonly Turn[] {
  const last = messages.at(-1);
  if (!isObject(mark) || !last) return messages;
  const { content } = last;
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const marking = blocks.map((block, index) =>
    index === blocks.length - 1 ? { cache_control: mark, ...block } : block,
  );
  return [...messages.slice(0, -1), { ...last, content: marking }];
}
