import { Type, type Static } from "@sinclair/typebox";
import { ApiError } from "../../../protocol/errors.ts";
import { createReader } from "../../reader.ts";
import { optional } from "../fields.ts";
import { type Item, toItems } from "./items.ts";

const open = { additionalProperties: true } as const;
const text = () => optional(Type.String(), "a string");
const flag = () => optional(Type.Boolean(), "a boolean");
const number = () => optional(Type.Number(), "a number");

const Tool = Type.Object({ type: Type.String() }, { ...open, expected: "a tool: an object with a type" });

const Format = Type.Union(
  [
    Type.Object({ type: Type.Literal("text") }, open),
    Type.Object({ type: Type.Literal("json_object") }, open),
    Type.Object(
      {
        type: Type.Literal("json_schema"),
        name: Type.String({ minLength: 1 }),
        schema: Type.Record(Type.String(), Type.Unknown()),
        description: text(),
        strict: flag(),
      },
      open,
    ),
  ],
  { expected: "an object of type text, json_object or json_schema (with name and schema)" },
);

/**
 * What is asked (https://platform.openai.com/docs/api-reference/responses/create). Fields that only shape how the vendor
 * itself works, such as `service_tier` and `prompt_cache_key`, are taken and passed over.
 */
export const ResponsesBody = Type.Object(
  {
    model: text(),
    /** Ours: who is to answer. */
    provider: text(),
    input: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.Unknown()), Type.Null()], {
        expected: "a string or an array of items",
      }),
    ),
    instructions: text(),
    previous_response_id: text(),
    tools: optional(Type.Array(Tool), "an array of tools"),
    tool_choice: optional(
      Type.Union([Type.Literal("none"), Type.Literal("auto"), Type.Literal("required"), Tool], {
        expected: "none, auto, required or an object with a type",
      }),
      "none, auto, required, an object with a type,",
    ),
    parallel_tool_calls: flag(),
    text: optional(Type.Object({ format: optional(Format, "a format"), verbosity: text() }, open), "an object"),
    reasoning: optional(Type.Object({ effort: text(), summary: text() }, open), "an object"),
    max_output_tokens: optional(Type.Integer({ minimum: 1 }), "a whole number from 1"),
    temperature: number(),
    top_p: number(),
    top_logprobs: optional(Type.Integer({ minimum: 0, maximum: 20 }), "a whole number from 0 to 20"),
    stream: flag(),
    store: flag(),
    background: flag(),
    metadata: optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 512 }), { maxProperties: 16 }),
      "an object of at most 16 strings, of at most 512 characters each,",
    ),
    truncation: optional(Type.Union([Type.Literal("auto"), Type.Literal("disabled")]), "auto, disabled"),
    include: optional(Type.Array(Type.String()), "an array of strings"),
    user: text(),
    safety_identifier: text(),
    prompt_cache_key: text(),
    max_tool_calls: number(),
  },
  { ...open, expected: "a JSON object" },
);
export type ResponsesBody = Static<typeof ResponsesBody>;

/** A request whose items are checked. */
export interface AskedResponse {
  readonly body: ResponsesBody;
  /** Of this request alone. */
  readonly items: readonly Item[];
}

const read = createReader(ResponsesBody);

/** What the engine has no way to do, and to leave out would be to do something else. */
const refused: Readonly<Record<string, string>> = {
  conversation: "conversations are not kept here: name the response to go on from in previous_response_id",
  prompt: "prompts are not kept here: send instructions and input",
};

/** @throws {ApiError} `invalid_request`, naming the field and never its value */
export function parseResponsesBody(value: unknown): AskedResponse {
  const body = read(value);
  for (const [field, why] of Object.entries(refused))
    if (Object.hasOwn(body, field) && Reflect.get(body, field) !== null) throw invalid(`${field}: ${why}`);
  if (body.background && body.store === false) throw invalid("background: needs store, without which nobody finds it");
  const items = toItems(body.input ?? []);
  if (items.length === 0 && body.previous_response_id == null)
    throw invalid("input: expected a string, or an array with at least one item");
  return { body, items };
}

function invalid(message: string): ApiError {
  return new ApiError("invalid_request", message);
}
