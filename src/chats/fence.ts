/** A block of code in Markdown, whatever is in it. */
export function toFence(text: string, language = ""): string {
  let length = 3;
  // One by one: there may be more of them than a call takes arguments.
  for (const [run] of text.matchAll(/`+/g)) length = Math.max(length, run.length + 1);
  const fence = "`".repeat(length);
  return `${fence}${/^\w{1,20}$/.test(language) && language !== "unknown" ? language : ""}\n${text}\n${fence}`;
}
