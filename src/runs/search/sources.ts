import { oneLine } from "../../lib/text.ts";
import type { EventOf } from "../../protocol/events.ts";
import { toCanonical } from "../../search/canonical.ts";

/** The pages that an answer may cite: each has one number, in the order in which they came. */
export interface Sources {
  /** Its number: the one that it has, if it is there under any of its addresses. */
  add(page: Source): number;
  readonly all: readonly NumberedSource[];
}

export interface Source {
  /** As `URL` writes it. */
  readonly url: string;
  /** May be empty. */
  readonly title: string;
}

export type NumberedSource = readonly [number: number, source: Source];

/** Numbers go on from those of `earlier`, which the answer that is gone on from has cited; else from 0. */
export function createSources(earlier: readonly NumberedSource[] = []): Sources {
  const all: NumberedSource[] = [];
  const numbers = new Map<string, number>();
  let next = 0;
  for (const [number, source] of earlier) put(number, source);
  return {
    add: ({ url, title }) => numbers.get(toCanonical(url)) ?? put(next, { url, title }),
    all,
  };

  function put(number: number, source: Source): number {
    all.push([number, source]);
    numbers.set(toCanonical(source.url), number);
    next = Math.max(next, number + 1);
    return number;
  }
}

/** The list that follows an answer; what has no title is called by its address. */
export function toSourceList(sources: readonly NumberedSource[]): EventOf<"content"> {
  const lines = sources.map(([number, { url, title }]) => `> [${number}] [${toLabel(url, title)}](${toTarget(url)})`);
  return { type: "content", content: `\n\n\n\n${lines.join("\n>\n")}` };
}

/** In characters; arbitrary. */
export const maxTitleLength = 200;

function toLabel(url: string, title: string): string {
  const label = oneLine(title, maxTitleLength) || oneLine(url.replace(/^https?:\/\/(www\.)?|\/$/g, ""), maxTitleLength);
  return label.replace(/[\\[\]<`]/g, "\\$&");
}

/** An address as a link of Markdown and a tag have it, which signs that are no part of them would end. */
export function toTarget(url: string): string {
  return url.replace(/[()<>"`]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
