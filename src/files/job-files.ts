import { closeSync, fsyncSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ConvertJob } from "./convert-file.ts";
import type { Outcome } from "./outcome.ts";
import { Unconvertible } from "./unconvertible.ts";
import { toMebibytes } from "./unpack.ts";

/** The files that one job makes: each is called by the job's id and a number, so that all of them can be found again. */
export interface JobFiles {
  newPath(): string;
  /** On disk when it returns, where that is wished for. @throws {Unconvertible} for a text that is too long, or none */
  saveDocument(name: string, text: string, page?: PageOutcome): Outcome;
}

type PageOutcome = Pick<Extract<Outcome, { kind: "document" }>, "title" | "canonical">;

export function createJobFiles({ folder, id, isSynced, limits: { maxDocumentBytes } }: ConvertJob): JobFiles {
  let count = 0;
  const newPath = () => join(folder, `${id}.${++count}`);
  return {
    newPath,
    saveDocument(name, text, page) {
      if (!/\S/.test(text)) throw new Unconvertible("it has no text");
      const content = Buffer.from(text);
      if (content.length > maxDocumentBytes)
        throw new Unconvertible(`its text is longer than ${toMebibytes(maxDocumentBytes)}; upload it in parts`);
      const path = newPath();
      const file = openSync(path, "w", 0o600);
      try {
        for (let at = 0; at < content.length;) at += writeSync(file, content, at);
        if (isSynced) fsyncSync(file);
      } finally {
        closeSync(file);
      }
      return { kind: "document", name, path, bytes: content.length, ...page };
    },
  };
}

/** A medium is kept as the file that it is. With `isSynced`, which is for a member's that we have written, it is on disk then. */
export function keepMedium(path: string, name: string, type: string, isSynced: boolean): Outcome {
  if (isSynced) {
    const file = openSync(path, "r+");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
  return { kind: "media", name, type, path, bytes: statSync(path).size };
}
