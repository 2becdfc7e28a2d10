import type { EventOf, NumberedEvent } from "../../protocol/events.ts";
import { toMarkdown } from "../media-text.ts";

export interface PartOptions {
  /** Whether what was thought is told. */
  readonly includesThoughts: boolean;
  /** Where media are asked for: `https://parley.example`. */
  readonly origin: string;
}

/** A part of an answer. */
export type AnswerPart =
  | { readonly text: string; readonly thought?: true }
  | { readonly inlineData: { readonly mimeType: string; readonly data: string } };

/** What is said, thought and shown in these events, each run of the same kind as one part. */
export function toParts(events: readonly NumberedEvent[], { includesThoughts, origin }: PartOptions): AnswerPart[] {
  const parts: AnswerPart[] = [];
  for (const { event } of events) {
    if (event.type === "content") for (const part of toContentParts(event, origin)) addPart(parts, part);
    else if (event.type === "reasoning" && includesThoughts && event.token)
      addPart(parts, { text: event.token, thought: true });
  }
  return parts;
}

/** Joins it with the last where both are words of one kind. */
export function addPart(parts: AnswerPart[], part: AnswerPart): void {
  const last = parts.at(-1);
  if ("text" in part && last && "text" in last && last.thought === part.thought)
    parts[parts.length - 1] = { ...last, text: last.text + part.text };
  else parts.push(part);
}

/** Media are their bytes, where they could be read; one that lies elsewhere is an address in Markdown. */
function toContentParts(event: EventOf<"content">, origin: string): AnswerPart[] {
  const { urls, data, content } = event;
  const sound = data === undefined ? undefined : toInline(data);
  // What is said stands behind the markup of a sound; a picture's is all that there is.
  if (sound) return [sound, ...toText(content.slice(content.indexOf("</audio>") + "</audio>".length))];
  if (urls === undefined) return toText(toMarkdown(event, origin));
  return urls.flatMap((url) => toInline(url) ?? toText(toMarkdown({ ...event, urls: [url] }, origin)));
}

function toText(text: string): AnswerPart[] {
  return text === "" ? [] : [{ text }];
}

function toInline(address: string): AnswerPart | undefined {
  const [, mimeType, begin] = /^data:([^;,]+)(;base64,)/.exec(address) ?? [];
  if (mimeType === undefined || begin === undefined) return undefined;
  return { inlineData: { mimeType, data: address.slice(address.indexOf(",") + 1) } };
}
