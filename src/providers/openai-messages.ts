import { at, textAt } from "../lib/json.ts";
import type { Message, Part, Tool } from "../protocol/chat.ts";
import type { ToolCall } from "../protocol/events.ts";
import { partsOf, textOf } from "./content.ts";

/** What tells the messages of one OpenAI-compatible upstream from another's. */
export interface MessageQuirks {
  /** `false` where a message may carry no `name`. */
  readonly takesNames?: boolean;
  /** Whether its cache is told by marks where it may end, as Anthropic's is; others refuse them, or pass over them. */
  readonly takesCacheMarks?: boolean;
  /** The field in which a message of the assistant takes its own thinking back. */
  readonly reasoningField?: string;
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
export function toMessages(messages: readonly Message[], quirks: MessageQuirks): Record<string, unknown>[] {
  return withMediaAfterResults(messages).map((message) => toMessage(message, quirks));
}

/**
 * Messages in which results of tools are text: most vendors take nothing else there. The media of results that stand
 * together follow them in a message of the user's.
 */
function withMediaAfterResults(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(holdsMedia)) return messages;
  const told: Message[] = [];
  let media: Part[] = [];
  for (const message of messages) {
    if (message.role !== "tool") addMedia();
    if (!holdsMedia(message)) {
      told.push(message);
      continue;
    }
    told.push({ ...message, content: textOf(message.content) || "(It follows.)" });
    media.push(...partsOf(message.content).filter(({ type }) => type !== "text"));
  }
  addMedia();
  return told;

  function addMedia(): void {
    if (media.length > 0) told.push({ role: "user", content: media });
    media = [];
  }
}

function holdsMedia({ role, content }: Message): boolean {
  return role === "tool" && partsOf(content).some(({ type }) => type !== "text");
}

/** Field by field: strict upstreams refuse what clients keep on their messages, and few know `developer`. */
function toMessage(
  message: Message,
  { reasoningField, takesNames, takesCacheMarks }: MessageQuirks,
): Record<string, unknown> {
  const { role, content, name, tool_calls, tool_call_id } = message;
  const thinking = textAt(message, "reasoning_content") ?? textAt(message, "reasoning");
  return {
    role: role === "developer" ? "system" : role,
    content: toContent(
      takesCacheMarks || !Array.isArray(content) ? content : content.map(withoutMark),
      tool_calls ?? [],
    ),
    ...(name && takesNames !== false && { name }),
    ...(reasoningField !== undefined && role === "assistant" && thinking && { [reasoningField]: thinking }),
    ...(tool_calls?.length && {
      tool_calls: tool_calls.map(({ index: _, ...call }) => ({ type: "function", ...withoutMark(call) })),
    }),
    ...(tool_call_id && { tool_call_id }),
  };
}

/** Only a message that calls tools may say nothing at all. */
function toContent(content: Message["content"], calls: readonly unknown[]): Message["content"] {
  if (content == null) return calls.length > 0 ? null : "";
  return content.length === 0 ? "" : content;
}

/** What a caller's part, tool or call says, without the marks of a cache that only some vendors know. */
export function withoutMark<T extends Part | Tool | ToolCall>(marked: T): T {
  if (at(marked, "cache_control") === undefined) return marked;
  const { cache_control: _, ...plain } = marked as T & { cache_control: unknown };
  // It was in no type.
  return plain as unknown as T;
}
