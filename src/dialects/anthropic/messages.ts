import { type Static, Type } from "@sinclair/typebox";
import { isObject, textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import { partsOf, toPartsOf } from "./blocks.ts";
import { type Block, Content, markOf, toContent } from "./content.ts";
import { createReader } from "../reader.ts";

/** A message. Within a conversation the system may speak, too. */
export const Turn = Type.Object(
  {
    role: Type.Union([Type.Literal("user"), Type.Literal("assistant"), Type.Literal("system")], {
      expected: "one of user, assistant, system",
    }),
    content: Content,
  },
  { additionalProperties: true, expected: "a message: an object with role and content" },
);
export type Turn = Static<typeof Turn>;

const readCall = createReader(
  Type.Object({
    id: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1 }),
    input: Type.Optional(Type.Unknown()),
  }),
);
const readResult = createReader(
  Type.Object({
    tool_use_id: Type.String({ minLength: 1 }),
    content: Type.Optional(Type.Union([...Content.anyOf, Type.Null()], { expected: Content.expected })),
    is_error: Type.Optional(Type.Unknown()),
  }),
);

/** One message as ours: results of tools are messages of their own, before what is said beside them. */
export function toMessages({ role, content }: Turn, place: string): unknown[] {
  if (typeof content === "string") return [{ role, content }];
  const blocks = content.map((block, index): Placed => [block, `${place}.content[${index}]`]);
  return role === "assistant" ? [toAnswer(blocks)] : toQuestion(role, blocks);
}

type Placed = readonly [Block, string];

function toQuestion(role: string, blocks: readonly Placed[]): unknown[] {
  const results = blocks.filter(([{ type }]) => type === "tool_result");
  const parts = blocks.filter(([{ type }]) => type !== "tool_result").flatMap(([block, at]) => toPartsOf(block, at));
  return [
    ...results.map(([block, at]) => toResult(block, at)),
    ...(parts.length > 0 || results.length === 0 ? [{ role, content: toContent(parts) }] : []),
  ];
}

function toResult(block: Block, place: string): unknown {
  const { tool_use_id, content, is_error } = readResult(block, place);
  return {
    role: "tool",
    tool_call_id: tool_use_id,
    content: toContent(partsOf(content ?? "", `${place}.content`)),
    ...(is_error === true && { is_error }),
    ...markOf(block),
  };
}

/** What was thought goes along for vendors that want its text back; its signature is of use to nobody but us. */
function toAnswer(blocks: readonly Placed[]): unknown {
  const calls = blocks.filter(([{ type }]) => type === "tool_use").map(([block, at]) => toCall(block, at));
  const parts = blocks.filter(([{ type }]) => type !== "tool_use").flatMap(([block, at]) => toPartsOf(block, at));
  const thinking = blocks
    .map(([block]) => (block.type === "thinking" ? (textAt(block, "thinking") ?? "") : ""))
    .join("");
  return {
    role: "assistant",
    content: calls.length > 0 && parts.length === 0 ? null : toContent(parts),
    ...(thinking !== "" && { reasoning: thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toCall(block: Block, place: string): unknown {
  const { id, name, input = {} } = readCall(block, place);
  if (!isObject(input)) throw new ApiError("invalid_request", `${place}.input: expected an object`);
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) }, ...markOf(block) };
}
