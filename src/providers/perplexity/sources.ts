import { arrayAt, countAt, textAt } from "../../lib/json.ts";
import { oneLine } from "../../lib/text.ts";
import type { ProviderEvent } from "../provider.ts";

/** What was found on the web, each page once. */
export interface Sources {
  /** Takes from an item of the output what it tells of pages. */
  read(item: unknown): void;
  tell(): ProviderEvent[];
}

/** Longest title, in characters. Arbitrary. */
const maxTitle = 200;

export function createSources(): Sources {
  const lines = new Map<string, string>();
  return {
    read(item) {
      if (textAt(item, "type") !== "search_results") return;
      for (const result of arrayAt(item, "results")) {
        const url = textAt(result, "url") ?? "";
        if (!/^https?:\/\//i.test(url) || lines.has(url)) continue;
        // By this number the answer refers to it.
        const number = countAt(result, "id") ?? lines.size + 1;
        lines.set(url, `> [${number}] [${toLabel(textAt(result, "title") || url)}](${toTarget(url)})`);
      }
    },
    tell: () =>
      lines.size === 0 ? [] : [{ type: "content", content: `\n\n\n\n${[...lines.values()].join("\n>\n")}` }],
  };
}

function toLabel(title: string): string {
  return oneLine(title, maxTitle).replace(/[\\[\]<>`]/g, String.raw`\$&`);
}

function toTarget(url: string): string {
  return url.replace(/[\s()<>\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
