import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the contract's doc comments say, under `Name` or `Name.property`. */
export type DocComments = Readonly<Record<string, string>>;

/**
 * Runs where this project is built, or first read (a macro of Bun's): the comments become data of the program, and what
 * `/openapi.json` says of a field is said once.
 */
export function docComments(): DocComments {
  const folder = join(import.meta.dir, "../protocol");
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  return Object.fromEntries(sources.flatMap(commentsOf));
}

const declaration = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s+(?:export const (\w+)|(\w+):)|^(?:export )?const (\w+)/gm;

function commentsOf(source: string): [string, string][] {
  const found: [string, string][] = [];
  let within = "";
  for (const [, comment, exported, property, plain] of source.matchAll(declaration)) {
    within = exported ?? plain ?? within;
    if (comment !== undefined) found.push([property === undefined ? within : `${within}.${property}`, toText(comment)]);
  }
  return found;
}

/** Without what is meant for programmers. */
function toText(comment: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trim());
  return lines
    .join(" ")
    .replace(/ *@\w.*$/, "")
    .trim();
}
