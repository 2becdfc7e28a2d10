import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConverter, type ConverterOptions } from "../../src/files/convert.ts";
import type { Outcome } from "../../src/files/outcome.ts";

/** What became of a file, with the text or the bytes that lie where it says. */
export type Told =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly type: string; readonly content: Buffer }
  | { readonly name: string; readonly reason: string };

export interface TestConverter extends Disposable {
  readonly folder: string;
  convert(name: string, content: string | Uint8Array, signal?: AbortSignal): Promise<readonly Told[]>;
  /** Names of what is in the folder, but for what was uploaded. */
  leftovers(): readonly string[];
}

const mebibyte = 1024 * 1024;

export const usualLimits = {
  maxEntries: 2000,
  maxBytes: 256 * mebibyte,
  maxRatio: 200,
  maxDocumentBytes: 64 * mebibyte,
};

/** The whole converter, with its processes, in a folder of its own. */
export function openConverter(options: Partial<ConverterOptions> = {}): TestConverter {
  const uploads = mkdtempSync(join(tmpdir(), "parley-uploads-"));
  const folder = mkdtempSync(join(tmpdir(), "parley-converted-"));
  const converter = createConverter({
    workers: 2,
    timeoutMs: 60_000,
    maxMemoryBytes: 1024 * mebibyte,
    limits: usualLimits,
    ...options,
  });
  let count = 0;
  return {
    folder,
    async convert(name, content, signal = new AbortController().signal) {
      const path = join(uploads, String(++count));
      writeFileSync(path, content);
      return (await converter.convert({ path, name }, folder, signal)).map(toTold);
    },
    leftovers: () => readdirSync(folder),
    [Symbol.dispose]() {
      converter[Symbol.dispose]();
      rmSync(uploads, { recursive: true });
      rmSync(folder, { recursive: true });
    },
  };
}

function toTold(outcome: Outcome): Told {
  const { name } = outcome;
  if (outcome.kind === "skipped") return { name, reason: outcome.reason };
  const content = readFileSync(outcome.path);
  if (content.length !== outcome.bytes) throw new Error(`${name} is not as long as it says`);
  return outcome.kind === "media" ? { name, type: outcome.type, content } : { name, text: content.toString() };
}
