import { isObject, tryParseJson } from "../lib/json.ts";
import type { NumberedEvent, RunEvent } from "../protocol/events.ts";

export function toNumbered(event: RunEvent, seq: number): NumberedEvent {
  return { seq, event, json: JSON.stringify(event) };
}

/**
 * Events as they are kept: a line each, but neighbouring tokens are one line, in which `lengths` says how long each of
 * them was. So a token costs its letters and a digit or two, and still comes out as it went in.
 */
export function pack(events: readonly NumberedEvent[]): string {
  const lines: string[] = [];
  for (let index = 0; index < events.length;) {
    const kind = tokenKind(events[index]!);
    let end = index + 1;
    if (kind) while (end < events.length && tokenKind(events[end]!) === kind) end++;
    lines.push(end - index === 1 ? events[index]!.json : packTokens(events.slice(index, end), kind!));
    index = end;
  }
  return lines.join("\n");
}

/** What `pack` made, the first event numbered `first`. A line that is not ours is left out, its number too. */
export function unpack(text: string, first: number): NumberedEvent[] {
  const events: NumberedEvent[] = [];
  let seq = first;
  for (const line of text.split("\n")) {
    const value = tryParseJson(line);
    if (!isObject(value)) seq++;
    else if (Array.isArray(value.lengths))
      for (const event of unpackTokens(value)) events.push(toNumbered(event, seq++));
    else events.push({ seq: seq++, event: value as RunEvent, json: line });
  }
  return events;
}

type TokenKind = "content" | "reasoning";

/** A text of this length costs little for standing alone. */
const maxTokenLength = 256;

/** Whether an event is nothing but a little piece of text. */
function tokenKind({ event, json }: NumberedEvent): TokenKind | undefined {
  if (json.length > maxTokenLength) return undefined;
  if (event.type === "content")
    return event.urls === undefined && event.alt === undefined && event.data === undefined ? "content" : undefined;
  if (event.type !== "reasoning" || typeof event.token !== "string") return undefined;
  const isPlain = event.status === undefined && event.label === undefined && event.is_thinking === undefined;
  return isPlain ? "reasoning" : undefined;
}

function textOf(event: RunEvent): string {
  if (event.type === "content") return event.content;
  return event.type === "reasoning" ? (event.token ?? "") : "";
}

function packTokens(events: readonly NumberedEvent[], type: TokenKind): string {
  const texts = events.map(({ event }) => textOf(event));
  return JSON.stringify({ type, text: texts.join(""), lengths: texts.map(({ length }) => length) });
}

function* unpackTokens({ type, text, lengths }: Readonly<Record<string, unknown>>): Generator<RunEvent> {
  if (typeof text !== "string" || !Array.isArray(lengths)) return;
  let at = 0;
  for (const length of lengths) {
    const piece = text.slice(at, (at += Number(length)));
    yield type === "reasoning" ? { type, token: piece } : { type: "content", content: piece };
  }
}
