import { print } from "../lib/log.ts";

/** What `--json` prints: one document; beside what is written to standard output, told elsewhere. */
export function printJson(document: unknown, tell = print): void {
  tell(`${JSON.stringify(document, null, 2)}\n`);
}
