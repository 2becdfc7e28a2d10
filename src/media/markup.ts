import type { EventOf } from "../protocol/events.ts";
import { thumbnailSize } from "./thumbnail.ts";

/** What is shown of a medium: where it is, and what is known of it. */
export interface Shown {
  readonly kind: "image" | "video" | "audio";
  readonly url: string;
  readonly thumbnail?: string;
  readonly width?: number | null;
  readonly height?: number | null;
  /** What it shows, or the words that are spoken. */
  readonly alt: string;
}

/** A medium as a piece of an answer, in the markup that clients know; everything in it is escaped. */
export function toMediaContent({ kind, url, thumbnail = url, width, height, alt }: Shown): EventOf<"content"> {
  const address = Bun.escapeHTML(url);
  switch (kind) {
    case "image": {
      const whole = width && height ? ` data-width="${width}" data-height="${height}"` : "";
      const small = width && height ? toFit(width, height) : "";
      const picture = `<img src="${Bun.escapeHTML(thumbnail)}" alt="${Bun.escapeHTML(oneLine(alt))}"${small}>`;
      return { type: "content", content: `<a href="${address}"${whole}>${picture}</a>`, urls: [url], alt };
    }
    case "video":
      return { type: "content", content: `<video src="${address}" controls></video>`, urls: [url], alt };
    case "audio": {
      const words = alt === "" ? "" : `\n\n${alt}`;
      return { type: "content", content: `<audio controls src="${address}"></audio>${words}`, data: url };
    }
  }
}

function toFit(width: number, height: number): string {
  const scale = Math.min(1, thumbnailSize / Math.max(width, height));
  return ` width="${Math.max(1, Math.round(width * scale))}" height="${Math.max(1, Math.round(height * scale))}"`;
}

/** A blank line would end the markup in the middle, where it is read as Markdown. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
