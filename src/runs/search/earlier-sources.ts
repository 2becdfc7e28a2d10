import type { AskedMessage, ChatRequest } from "../../protocol/chat.ts";
import type { EventOf } from "../../protocol/events.ts";
import { textOf } from "../../providers/content.ts";
import type { NumberedSource } from "./sources.ts";

/** A line of a list of sources, as `toSourceList` writes it: pages alone, and none of an address that no page has. */
const line = String.raw`> \[\d{1,6}\] \[(?:\\.|[^\\[\]\n]){0,500}\]\(https?:[^\s()]{1,8192}\)`;
const lists = new RegExp(String.raw`\n{4}${line}(?:\n>\n${line})*`, "g");
const parts = /^> \[(\d+)\] \[(.*)\]\(([^\s()]*)\)$/gm;
/** No answer of ours has more: what looks like a longer list was written by somebody else. */
const maxSources = 200;

/** Whether a piece of an answer is such a list, and nothing else: a model may write what begins like one. */
export function isSourceList({ content }: EventOf<"content">): boolean {
  return content.startsWith("\n\n\n\n> [") && content.replace(lists, "") === "";
}

/** What an answer said, without the lists of sources that we put after it and after what it had gone on from. */
export function withoutSourceLists(text: string): string {
  return text.replace(lists, "");
}

/** The last message of the assistant as a model goes on from it. */
export function withoutSources(message: AskedMessage): AskedMessage {
  const { content } = message;
  if (typeof content === "string") return { ...message, content: withoutSourceLists(content) };
  const bare = content?.map((part) => (part.type === "text" ? { ...part, text: withoutSourceLists(part.text) } : part));
  return { ...message, ...(bare && { content: bare }) };
}

/** The sources of the answer that a request goes on with: what it cited keeps its number. */
export function earlierSources({ messages, action }: ChatRequest): readonly NumberedSource[] {
  const last = messages.at(-1);
  if (action !== "continue" || last?.role !== "assistant") return [];
  const said = textOf(last.content).match(lists) ?? [];
  const sources = said.flatMap((list) => [...list.matchAll(parts).take(maxSources)].map(toSource)).slice(-maxSources);
  // The last list holds those of the lists before it, too.
  return [...new Map(sources)].toSorted(([a], [b]) => a - b);
}

function toSource([, number, label = "", url = ""]: RegExpMatchArray): NumberedSource {
  return [Number(number), { url, title: label.replace(/\\(.)/g, "$1") }];
}
