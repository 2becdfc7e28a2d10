import { readdirSync } from "node:fs";
import { fromHome } from "../../../config/directories.ts";
import { ConfigError } from "../../../config/error.ts";
import { printAside } from "../../../lib/log.ts";
import type { Session, SlashCommand } from "../session.ts";

export const attachCommand: SlashCommand = {
  name: "attach",
  argument: "<file or address …>",
  sentence: "gives files, pictures or pages to the next question",
  async act(typed, session, signal) {
    const sources = splitWords(typed);
    if (sources.length === 0) throw new ConfigError("/attach notes.md: name a file, or an address of the web");
    await attach(sources, session, signal);
  },
  complete: (start) => completePath(start),
};

/** @throws {ConfigError} as `Attachments.add` */
export async function attach(sources: readonly string[], session: Session, signal: AbortSignal): Promise<void> {
  if (sources.includes("-")) throw new ConfigError("-: nothing is piped in at a terminal; name a file");
  const { parts, names, notes } = await session.attachments.add(sources, signal);
  for (const note of notes) printAside(`${note}\n`);
  session.waiting.push(...parts);
  printAside(`with the next question: ${names.join(", ")}\n`);
}

/** What an answered question held waits for no other; where it failed, the next one gets it. */
export function forgetGiven(session: Session): void {
  const content = session.conversation.said.at(-2)?.message.content;
  if (Array.isArray(content)) session.waiting = session.waiting.filter((part) => !content.includes(part));
}

/** As a shell does: `"my file.txt"` and `my\ file.txt` are one word. */
export function splitWords(typed: string): string[] {
  const words = typed.match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, (_, double, single, escaped) => double ?? single ?? escaped),
  );
}

/** What the last word of a line of paths may become, with what stands before it. */
export function completePath(typed: string): string[] {
  const [last = ""] = /(?:\\.|[^\s\\])*$/.exec(typed) ?? [];
  const before = typed.slice(0, typed.length - last.length);
  const path = last.replace(/\\(.)/g, "$1");
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const start = path.slice(folder.length);
  try {
    return (
      readdirSync(fromHome(folder) || ".", { withFileTypes: true })
        // What completes is written to the terminal as it is.
        .filter(({ name }) => !/\p{Cc}/u.test(name))
        .filter(({ name }) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
        .map(
          (entry) => before + `${folder}${entry.name}`.replace(/[\s\\"']/g, "\\$&") + (entry.isDirectory() ? "/" : ""),
        )
    );
  } catch {
    return [];
  }
}
