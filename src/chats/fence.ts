/** A block of code in Markdown, whatever is in it. */
export function toFence(text: string, language = ""): string {
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}${/^\w{1,20}$/.test(language) && language !== "unknown" ? language : ""}\n${text}\n${fence}`;
}
