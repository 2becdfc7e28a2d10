import type { HelpSection } from "../../store/help.ts";

/** The sections of a Markdown document: what stands under each heading, titled by the way to it. */
export function toSections(markdown: string): HelpSection[] {
  const sections: { title: string; text: string }[] = [];
  const path: string[] = [];
  let inFence = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) inFence = !inFence;
    const heading = inFence ? null : /^(#{1,4})\s+(.+)$/.exec(line);
    if (heading?.[1] && heading[2]) {
      path.splice(heading[1].length - 1, Infinity, heading[2]);
      sections.push({ title: path.join(" › "), text: "" });
    } else {
      const section = sections.at(-1);
      if (section) section.text += `${line}\n`;
    }
  }
  return sections.map(({ title, text }) => ({ title, text: text.trim() })).filter(({ text }) => text !== "");
}
