import { rm } from "node:fs/promises";
import type { Converter } from "../../files/convert.ts";
import type { Outcome } from "../../files/outcome.ts";
import { toMarked } from "../../files/reading.ts";
import { extensionOf } from "../../lib/extension.ts";
import { oneLine } from "../../lib/text.ts";
import type { FilePart, Part } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { createInlineBudget, type InlineBudget } from "../../protocol/inline-budget.ts";
import { bytesOf, parseDataUrl } from "../../providers/content.ts";
import type { Scratch } from "../../store/scratch.ts";
import { toPart } from "./part.ts";

/** Reads the files of messages for models that cannot. */
export interface DocumentReader {
  /**
   * What is in a file: its text, and the pictures and sounds where it is an archive. The same part is read once. What it
   * holds is taken from the budget before it is in memory.
   *
   * @throws {ApiError} `invalid_request` for what cannot be read, `body_too_large` for an archive that holds too much
   */
  read(part: FilePart, signal: AbortSignal, budget?: InlineBudget): Promise<Part[]>;
}

export interface DocumentReaderParts {
  readonly converter: Converter;
  readonly scratch: Scratch;
}

interface Reading {
  readonly parts: Promise<Part[]>;
  /** Of whoever began it. */
  readonly signal: AbortSignal;
}

export function createDocumentReader({ converter, scratch }: DocumentReaderParts): DocumentReader {
  const readings = new WeakMap<FilePart, Reading>();

  return {
    async read(part, signal, budget = createInlineBudget()) {
      for (;;) {
        const reading = readings.get(part) ?? begin(part, signal, budget);
        try {
          return await reading.parts;
        } catch (thrown) {
          // That whoever began it has left is no failure of anybody who waits for the same.
          if (signal.aborted || !reading.signal.aborted) throw thrown;
        }
      }
    },
  };

  function begin(part: FilePart, signal: AbortSignal, budget: InlineBudget): Reading {
    const reading = { parts: convert(part, signal, budget), signal };
    readings.set(part, reading);
    reading.parts.catch(() => readings.delete(part));
    return reading;
  }

  async function convert({ file }: FilePart, signal: AbortSignal, budget: InlineBudget): Promise<Part[]> {
    const inline = parseDataUrl(file.file_data);
    if (!inline) throw new ApiError("invalid_request", "file_data: expected a data: address with base64");
    const name = file.filename ?? `file.${extensionOf(inline.mime)}`;
    const { path } = await scratch.write([bytesOf(inline.base64)]);
    const loose = [path];
    try {
      const outcomes = await converter.convert({ path, name }, scratch.folder, signal);
      loose.push(...outcomes.flatMap((outcome) => (outcome.kind === "skipped" ? [] : [outcome.path])));
      const [only, ...others] = outcomes;
      if (only?.kind === "skipped" && others.length === 0)
        throw new ApiError("invalid_request", `${oneLine(name, 100)} cannot be read: ${only.reason}`);
      for (const outcome of outcomes) if (outcome.kind !== "skipped") budget.take(outcome.bytes);
      return await Promise.all(outcomes.map(toContent));
    } finally {
      await Promise.all(loose.map((each) => rm(each, { force: true })));
    }
  }
}

async function toContent(outcome: Outcome): Promise<Part> {
  const name = oneLine(outcome.name, 100);
  switch (outcome.kind) {
    case "skipped":
      return { type: "text", text: `${name} could not be read: ${outcome.reason}\n` };
    case "document":
      return { type: "text", text: toMarked(name, await Bun.file(outcome.path).text()) };
    case "media":
      return toPart({ ...outcome, name, bytes: await Bun.file(outcome.path).bytes() });
  }
}
