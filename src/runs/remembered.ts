import { oneLine } from "../lib/text.ts";
import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest, Message } from "../protocol/chat.ts";
import type { Memory } from "../memory/memory.ts";
import { isSystem, textOf } from "../providers/content.ts";

/** A request with what is remembered, and the notes that say which memories those are. */
export interface Remembered {
  readonly request: ChatRequest;
  readonly notes: readonly string[];
}

const heading =
  "What is remembered of the user from earlier conversations. It may be out of date: use it where it helps, and do not mention it otherwise.";

/** Of the memories that are put before a conversation together, in characters: models that read little are asked, too. */
const maxLength = 16_000;

/** What was said earlier was looked at when it was. */
const maxTold = 3;

/** The user whose memories a request means, among those of its owner. */
export function userOf({ user }: ChatRequest, owner: string): string {
  return user || owner;
}

/** Puts the memories that suit the last question best before a conversation, where the request asks for that. */
export async function withMemories(
  request: ChatRequest,
  caller: Caller,
  memory: Pick<Memory, "recall">,
  signal: AbortSignal,
): Promise<Remembered> {
  const question = textOf(request.messages.findLast(({ role }) => role === "user")?.content);
  if (!request.memory || question.trim() === "") return { request, notes: [] };
  const user = userOf(request, caller.owner);
  const recalled = await memory.recall(caller, user, question, signal);
  let left = maxLength;
  const used = recalled.filter(({ memory: { length } }) => length <= left && ((left -= length), true));
  if (used.length === 0) return { request, notes: [`memory: nothing is remembered of ${quoted(user)} that fits`] };
  // What a memory says stays within its own line of the list: it is told of the user, and tells a model nothing.
  const lines = used.map((each) => `- ${each.memory.replace(/\r\n?|[\n\u2028\u2029]/g, "\n  ")}`);
  const known = { role: "system" as const, content: [heading, ...lines].join("\n") };
  const told = request.messages.findIndex((message) => !isSystem(message));
  return {
    request: { ...request, messages: request.messages.toSpliced(told, 0, known) },
    notes: [`memory of ${quoted(user)}: ${used.map((each) => `${each.id} ${quoted(each.memory)}`).join(", ")}`],
  };
}

/** What was said of late, as far as it may tell something of the user. */
export function toTold({ messages }: ChatRequest): Message[] {
  const said = messages.filter(({ role }) => role === "user" || role === "assistant").slice(-maxTold);
  return said.map(({ role, content }) => ({ role, content: textOf(content) }));
}

function quoted(text: string): string {
  return JSON.stringify(oneLine(text, 60));
}
