import type { HelpSection } from "../../store/help.ts";

/** `<!-- also: docker, container -->`: what people also call that which a section is about. */
const also = /^<!-- also: (.+) -->$/;

/** The sections of a Markdown document: what stands under each heading, titled by the way to it. */
export function toSections(markdown: string): HelpSection[] {
  const sections: { title: string; words: string; text: string }[] = [];
  const path: string[] = [];
  let inFence = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) inFence = !inFence;
    const heading = inFence ? null : /^(#{1,4})\s+(.+)$/.exec(line);
    const section = sections.at(-1);
    const words = also.exec(line)?.[1];
    if (heading?.[1] && heading[2]) {
      path.splice(heading[1].length - 1, Infinity, heading[2]);
      sections.push({ title: path.join(" › "), words: "", text: "" });
    } else if (section && words) section.words += ` ${words}`;
    else if (section) section.text += `${line}\n`;
  }
  return sections.map((section) => ({ ...section, text: section.text.trim() })).filter(({ text }) => text !== "");
}
