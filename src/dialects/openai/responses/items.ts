import { Type, type Static } from "@sinclair/typebox";
import { isObject } from "../../../lib/json.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { createReader } from "../../reader.ts";
import { optional } from "../fields.ts";

const open = { additionalProperties: true } as const;
const text = () => optional(Type.String(), "a string");

/** What a message, or the result of a call, is made of. */
const ItemPart = Type.Union(
  [
    Type.Object({ type: Type.Literal("input_text"), text: Type.String() }, open),
    Type.Object({ type: Type.Literal("output_text"), text: Type.String() }, open),
    Type.Object({ type: Type.Literal("refusal"), refusal: Type.String() }, open),
    Type.Object({ type: Type.Literal("input_image"), image_url: text(), file_id: text(), detail: text() }, open),
    Type.Object(
      { type: Type.Literal("input_file"), file_data: text(), file_url: text(), file_id: text(), filename: text() },
      open,
    ),
    Type.Object(
      {
        type: Type.Literal("input_audio"),
        input_audio: Type.Object({ data: Type.String(), format: Type.String() }, open),
      },
      open,
    ),
  ],
  { expected: "a part of type input_text, input_image, input_file, input_audio, output_text or refusal" },
);
export type ItemPart = Static<typeof ItemPart>;

const Parts = Type.Array(ItemPart, { expected: "an array of parts" });
const TextOrParts = Type.Union([Type.String(), Parts], { expected: "a string or an array of parts" });

const MessageItem = Type.Object(
  {
    type: Type.Optional(Type.Literal("message")),
    role: Type.Union(
      ["user", "assistant", "system", "developer"].map((role) => Type.Literal(role)),
      {
        expected: "one of user, assistant, system, developer",
      },
    ),
    content: TextOrParts,
  },
  open,
);
const CallItem = Type.Object(
  {
    type: Type.Literal("function_call"),
    call_id: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    arguments: Type.String(),
  },
  open,
);
const CallOutputItem = Type.Object(
  { type: Type.Literal("function_call_output"), call_id: Type.String({ minLength: 1 }), output: TextOrParts },
  open,
);
const ReferenceItem = Type.Object({ type: Type.Literal("item_reference"), id: Type.String({ minLength: 1 }) }, open);
const ReasoningItem = Type.Object({ type: Type.Literal("reasoning") }, open);

type ItemId = { readonly id?: string };
/** One of a request's items or of an answer's, as it is kept and as its messages are made of it. */
export type Item =
  | ({ readonly type: "message"; readonly role: string; readonly content: readonly ItemPart[] } & ItemId)
  | (Static<typeof CallItem> & ItemId)
  | (Static<typeof CallOutputItem> & ItemId)
  | Static<typeof ReferenceItem>
  | (Static<typeof ReasoningItem> & ItemId);

const readMessage = createReader(MessageItem);
const readCall = createReader(CallItem);
const readCallOutput = createReader(CallOutputItem);
const readReference = createReader(ReferenceItem);
const readReasoning = createReader(ReasoningItem);

/** What the vendor's own tools have done in an answer that is sent back: their results are in its words. */
const passedOver = new Set([
  "web_search_call",
  "file_search_call",
  "code_interpreter_call",
  "image_generation_call",
  "mcp_list_tools",
  "mcp_call",
]);

/** @throws {ApiError} `invalid_request`, naming the item */
export function toItems(input: string | readonly unknown[]): Item[] {
  if (typeof input === "string")
    return [{ type: "message", role: "user", content: [{ type: "input_text", text: input }] }];
  return input.flatMap((item, index) => toItem(item, `input[${index}]`) ?? []);
}

function toItem(item: unknown, name: string): Item | undefined {
  if (!isObject(item)) throw invalid(`${name}: expected an item: an object with a type`);
  const { type = "message" } = item;
  if (typeof type === "string" && passedOver.has(type)) return undefined;
  switch (type) {
    case "message": {
      const message = readMessage(item, name);
      const { role, content } = message;
      return { ...withStatus(message), type, role, content: toParts(role, content) };
    }
    case "function_call":
      return withStatus(readCall(item, name));
    case "function_call_output":
      return withStatus(readCallOutput(item, name));
    case "item_reference":
      return readReference(item, name);
    case "reasoning":
      return readReasoning(item, name);
    default:
      throw invalid(`${name}.type: expected message, function_call, function_call_output, reasoning or item_reference`);
  }
}

function toParts(role: string, content: string | readonly ItemPart[]): readonly ItemPart[] {
  if (typeof content !== "string") return content;
  return [{ type: role === "assistant" ? "output_text" : "input_text", text: content }];
}

function withStatus<T extends object>(item: T) {
  return { status: "completed", ...item };
}

function invalid(message: string): ApiError {
  return new ApiError("invalid_request", message);
}
