import type { EventOf } from "../protocol/events.ts";

/** A piece of an answer for those who know text alone: media are Markdown, with addresses that can be asked from anywhere. */
export function toMarkdown({ content, urls, alt = "", data }: EventOf<"content">, origin: string): string {
  if (data !== undefined) return `[${alt || "sound"}](${toAbsolute(data, origin)})${wordsAfterSound(content)}`;
  if (urls === undefined) return content;
  const shows = content.includes("<img") ? "!" : "";
  const name = alt.replaceAll(/[[\]\n]/g, " ");
  return urls.map((url) => `${shows}[${name}](${toAbsolute(url, origin)})`).join("\n");
}

/** The same for those who are told once where media are asked for: `https://parley.example`. */
export function createToText(origin: string): (event: EventOf<"content">) => string {
  return (event) => toMarkdown(event, origin);
}

function toAbsolute(url: string, origin: string): string {
  return url.startsWith("/") ? origin + url : url;
}

function wordsAfterSound(content: string): string {
  const end = content.indexOf("</audio>");
  return end === -1 ? "" : content.slice(end + "</audio>".length);
}
