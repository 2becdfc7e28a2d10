import { print } from "../lib/log.ts";

/** What `--json` prints: one document. */
export function printJson(document: unknown): void {
  print(`${JSON.stringify(document, null, 2)}\n`);
}
