import { type Static, Type } from "@sinclair/typebox";
import type { ChatRequest } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { markOf } from "./content.ts";
import { createReader } from "../reader.ts";

const open = { additionalProperties: true } as const;

/** A tool of any type: what is called nothing, or `custom`, is the caller's own. */
export const AnyTool = Type.Object(
  { type: Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string or null" })) },
  { ...open, expected: "a tool: an object" },
);
type AnyTool = Static<typeof AnyTool>;

export const ToolChoice = Type.Object(
  {
    type: Type.Union([Type.Literal("auto"), Type.Literal("any"), Type.Literal("tool"), Type.Literal("none")], {
      expected: "one of auto, any, tool, none",
    }),
    name: Type.Optional(Type.String()),
    disable_parallel_tool_use: Type.Optional(Type.Union([Type.Boolean(), Type.Null()], { expected: "a boolean" })),
  },
  { ...open, expected: "an object of type auto, any, tool or none" },
);
type ToolChoice = Static<typeof ToolChoice>;

const readTool = createReader(
  Type.Object({
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string or null" })),
    input_schema: Type.Record(Type.String(), Type.Unknown(), { expected: "a JSON Schema: an object" }),
    strict: Type.Optional(Type.Union([Type.Boolean(), Type.Null()], { expected: "a boolean or null" })),
  }),
);

type Tools = Pick<ChatRequest, "tools" | "tool_choice" | "parallel_tool_calls" | "web_search">;

/**
 * https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview. The vendor's own search becomes ours; other
 * tools that only its servers or its models know are refused.
 *
 * @throws {ApiError} `invalid_request`
 */
export function toTools(all: readonly AnyTool[], choice: ToolChoice | null | undefined): Tools {
  const own = all.flatMap((tool, index) => (isOwn(tool) ? [toTool(tool, `tools[${index}]`)] : []));
  const unknown = all.findIndex((tool) => !isOwn(tool) && !isWeb(tool));
  if (unknown !== -1)
    throw new ApiError(
      "invalid_request",
      `tools[${unknown}].type: this server has no such tool; expected tools of your own, with input_schema, or web_search_…, web_fetch_…`,
    );
  const names = own.map((tool) => tool.function.name);
  return {
    ...(own.length > 0 && { tools: own }),
    ...(all.some(isWeb) && { web_search: "auto" }),
    ...(choice && toChoice(choice, names)),
  };
}

function isOwn({ type }: AnyTool): boolean {
  return type == null || type === "custom";
}

function isWeb({ type }: AnyTool): boolean {
  return /^web_(search|fetch)_\d+$/.test(type ?? "");
}

function toTool(tool: AnyTool, place: string) {
  const { name, description, input_schema, strict } = readTool(tool, place);
  return {
    type: "function" as const,
    function: {
      name,
      ...(description && { description }),
      parameters: input_schema,
      ...(strict != null && { strict }),
    },
    ...markOf(tool),
  };
}

function toChoice({ type, name, disable_parallel_tool_use: isSingle }: ToolChoice, own: readonly string[]): Tools {
  const single = isSingle ? { parallel_tool_calls: false } : {};
  switch (type) {
    case "auto":
      return { tool_choice: "auto", ...single };
    case "any":
      return { tool_choice: "required", ...single };
    case "none":
      return { tool_choice: "none" };
    case "tool":
      if (name === undefined) throw new ApiError("invalid_request", "tool_choice.name is missing");
      // Ours searches when the model wants it to.
      return own.includes(name) ? { tool_choice: { type: "function", function: { name } }, ...single } : single;
  }
}
