import { type Static, Type } from "@sinclair/typebox";
import type { AskedMessage, AskedPart } from "../../protocol/chat.ts";
import type { ToolCall } from "../../protocol/events.ts";
import { field, textField } from "./fields.ts";
import { toPicture } from "./pictures.ts";

const open = { additionalProperties: true } as const;

const Call = Type.Object(
  {
    id: textField(),
    function: Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        arguments: field(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.String()]), "an object"),
      },
      open,
    ),
  },
  open,
);
type Call = Static<typeof Call>;

/** https://docs.ollama.com/api/chat */
export const OllamaMessage = Type.Object(
  {
    role: Type.Union(
      [
        Type.Literal("system"),
        Type.Literal("user"),
        Type.Literal("assistant"),
        Type.Literal("tool"),
        Type.Literal("developer"),
      ],
      { expected: "one of system, user, assistant, tool" },
    ),
    content: textField(),
    thinking: textField(),
    images: field(Type.Array(Type.String()), "an array of pictures in base64"),
    tool_calls: field(Type.Array(Call), "an array of calls, each with the name of a function"),
    tool_call_id: textField(),
    tool_name: textField(),
    /** What older clients call it. */
    name: textField(),
  },
  { ...open, expected: "a message: an object with role and content" },
);
type OllamaMessage = Static<typeof OllamaMessage>;

/**
 * The same as the engine takes it. There a call has an id, by which its result comes: few clients of this API keep the one
 * that they were told, so one is made up of its place, which is the same each time the conversation is sent; and a result is
 * that of the call it names, else of the first that waits for one of its tool, else of the first that waits.
 *
 * @throws {ApiError} `invalid_request` for what is no picture
 */
export function toMessages(messages: readonly OllamaMessage[]): AskedMessage[] {
  const waiting = createWaiting();
  let count = 0;
  return messages.map((message, index): AskedMessage => {
    const { role, thinking, tool_calls } = message;
    const content = toContent(message, index);
    if (role === "tool") return toResult(message, content);
    if (!tool_calls?.length) return { role, content, ...(thinking && { reasoning: thinking }) };
    const calls = tool_calls.map((call) => toCall(call, `${unnamed}${++count}`));
    for (const {
      id = "",
      function: { name = "" },
    } of calls)
      waiting.add(id, name);
    return { role, content, tool_calls: calls, ...(thinking && { reasoning: thinking }) };
  });

  function toResult({ tool_call_id, tool_name, name }: OllamaMessage, content: AskedMessage["content"]): AskedMessage {
    const tool = tool_name || name || "";
    const answered = waiting.take(tool_call_id ?? "", tool);
    // Vendors refuse the result of a call that nobody made.
    if (!answered) return { role: "user", content };
    return { role: "tool", content, tool_call_id: answered.id, name: tool || answered.name };
  }
}

/** How the ids begin that are made up. */
const unnamed = "call_unnamed_";

export function isUnnamed(id: string): boolean {
  return id.startsWith(unnamed);
}

/** Calls that have no result yet. */
function createWaiting() {
  const names = new Map<string, string>();
  const idsByName = new Map<string, Set<string>>();
  return {
    add(id: string, name: string) {
      names.set(id, name);
      const ids = idsByName.get(name) ?? new Set();
      idsByName.set(name, ids.add(id));
    },
    take(wanted: string, tool: string): { readonly id: string; readonly name: string } | undefined {
      const [oldest] = idsByName.get(tool) ?? names.keys();
      const [next] = names.keys();
      const id = names.has(wanted) ? wanted : (oldest ?? next);
      const name = id === undefined ? undefined : names.get(id);
      if (id === undefined || name === undefined) return undefined;
      names.delete(id);
      idsByName.get(name)?.delete(id);
      return { id, name };
    },
  };
}

function toContent({ content, images }: OllamaMessage, index: number): AskedMessage["content"] {
  if (!images?.length) return content ?? "";
  const pictures = images.map((image, at): AskedPart => toPicture(image, `messages[${index}].images[${at}]`));
  return content ? [{ type: "text", text: content }, ...pictures] : pictures;
}

function toCall({ id, function: { name, arguments: args } }: Call, usual: string): ToolCall {
  const json = typeof args === "string" ? args : JSON.stringify(args ?? {});
  return { id: id || usual, type: "function", function: { name, arguments: json } };
}
