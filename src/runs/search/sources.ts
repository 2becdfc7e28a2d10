import { oneLine } from "../../lib/text.ts";
import type { EventOf } from "../../protocol/events.ts";
import { toCanonical } from "../../search/canonical.ts";

/** The pages that an answer may cite: each has one number, from 0 on, in the order in which they came. */
export interface Sources {
  /** Its number: the one that it has, if it is there under any of its addresses. */
  add(page: Source): number;
  readonly all: readonly Source[];
}

export interface Source {
  /** As `URL` writes it. */
  readonly url: string;
  /** May be empty. */
  readonly title: string;
}

export function createSources(): Sources {
  const all: Source[] = [];
  const numbers = new Map<string, number>();
  return {
    add({ url, title }) {
      const address = toCanonical(url);
      const number = numbers.get(address) ?? all.push({ url, title }) - 1;
      numbers.set(address, number);
      return number;
    },
    all,
  };
}

/** The list that follows an answer; what has no title is called by its address. */
export function toSourceList(sources: readonly (readonly [number, Source])[]): EventOf<"content"> {
  const lines = sources.map(([number, { url, title }]) => `> [${number}] [${toLabel(url, title)}](${toTarget(url)})`);
  return { type: "content", content: `\n\n\n\n${lines.join("\n>\n")}` };
}

const maxTitleLength = 200;

function toLabel(url: string, title: string): string {
  const label = oneLine(title, maxTitleLength) || oneLine(url.replace(/^https?:\/\/(www\.)?|\/$/g, ""), maxTitleLength);
  return label.replace(/[\\[\]]/g, "\\$&");
}

/** A bracket would end the link. */
function toTarget(url: string): string {
  return url.replaceAll("(", "%28").replaceAll(")", "%29");
}
