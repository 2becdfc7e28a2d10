import type { ChatRequest } from "../../protocol/chat.ts";
import type { EventOf, FinishReason } from "../../protocol/events.ts";
import { type NumberedSource, toSourceList } from "./sources.ts";

/** Those after which an answer is as long as it will be. */
const ends: ReadonlySet<FinishReason> = new Set(["stop", "length", "content_filter"]);

/** What follows an answer that has said something: the list of its sources. JSON would be none with it, so a note tells them. */
export function toListed(
  sources: readonly NumberedSource[],
  { response_format: format }: ChatRequest,
  reason: FinishReason,
  note: (log: string) => void,
): EventOf<"content">[] {
  if (sources.length === 0 || !ends.has(reason)) return [];
  if (format == null || format.type === "text") return [toSourceList(sources)];
  note(`web search: sources: ${sources.map(([number, { url }]) => `[${number}] ${url}`).join(" ")}`);
  return [];
}
