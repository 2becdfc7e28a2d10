/** A page of the web that an answer may cite. */
export interface Source {
  readonly number: string;
  readonly title: string;
  readonly url: string;
}

const line = /^> \[(\d{1,6})\] \[((?:\\.|[^\\\]]){0,1000})\]\(([^()\s]{1,9000})\)$/;

/** A text without the lists of sources that the server puts behind answers, and what stands in them. */
export function splitSources(text: string): { readonly text: string; readonly sources: readonly Source[] } {
  if (!text.includes("\n> [") && !text.startsWith("> [")) return { text, sources: [] };
  const sources = new Map<string, Source>();
  const kept: string[] = [];
  let isInList = false;
  for (const each of text.split("\n")) {
    const [, number, title = "", url] = isInList || (kept.at(-1) ?? "").trim() === "" ? (line.exec(each) ?? []) : [];
    if (number !== undefined && url !== undefined) {
      isInList = true;
      sources.set(number, { number, title: title.replace(/\\(.)/g, "$1"), url });
    } else if (!isInList || each.trimEnd() !== ">") {
      isInList = false;
      kept.push(each);
    }
  }
  return { text: sources.size === 0 ? text : kept.join("\n").trimEnd(), sources: [...sources.values()] };
}
