import { createReadStream, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { fromHome } from "../config/directories.ts";
import { ConfigError } from "../config/error.ts";
import { downloadsName, type Uploaded } from "../files/download.ts";
import { createId } from "../lib/ids.ts";
import { parseWebAddress } from "../lib/web-address.ts";
import { localCaller } from "../protocol/caller.ts";
import type { AskedPart } from "../protocol/chat.ts";
import type { Services } from "../services.ts";

/** Files that go with questions: documents, pictures and sounds are made of them as of uploads. */
export interface Attachments extends AsyncDisposable {
  /**
   * Takes files, addresses of the web, and `-` for what is piped in.
   *
   * @throws {ConfigError} that names what is not there, or of which nothing can be made
   * @throws {ApiError} where there is no room; the signal's reason
   */
  add(sources: readonly string[], signal?: AbortSignal): Promise<Attached>;
}

export interface Attached {
  readonly parts: readonly AskedPart[];
  /** What came of it, by name. */
  readonly names: readonly string[];
  /** What could not be read of it, and why: members of an archive. */
  readonly notes: readonly string[];
}

/** What is not kept goes with them: nothing else would name it. */
export function createAttachments({ buckets, store, config }: Services, isKept: boolean): Attachments {
  const { owner } = localCaller;
  const made: string[] = [];

  return {
    async add(sources, signal = new AbortController().signal) {
      const bucketId = createId("bucket");
      const addresses = sources.filter(isAddress);
      const files = sources.filter((source) => !isAddress(source));
      // All of them first: nothing is read where one is wrong.
      for (const file of files) if (file !== "-") assertReadable(file, config.max_upload);
      const uploads: Uploaded[] = [];
      try {
        for (const file of files) uploads.push(await (file === "-" ? takePiped() : take(file)));
        if (addresses.length > 0) uploads.push(await write([JSON.stringify(addresses)], downloadsName));
        const { files: documents, media, skipped } = await buckets.upload(owner, bucketId, uploads, { signal });
        made.push(bucketId);
        const notes = skipped.map(({ name, reason }) => `${name} cannot be read: ${reason}`);
        const names = [...documents, ...media.map(({ name }) => name)];
        if (names.length === 0)
          throw new ConfigError(notes.join("; ") || `${sources.join(", ")}: there is nothing in it`);
        const pictures = media.map(({ name }): AskedPart => ({ bucket_id: bucketId, name }));
        return { parts: documents.length > 0 ? [{ bucket_id: bucketId }, ...pictures] : pictures, names, notes };
      } finally {
        // Those that are kept have moved.
        await Promise.all(uploads.map(({ path }) => rm(path, { force: true })));
      }
    },

    async [Symbol.asyncDispose]() {
      if (!isKept) for (const bucketId of made) await buckets.remove(owner, bucketId);
    },
  };

  /** A copy: what is uploaded is moved to where it is kept. */
  function take(source: string): Promise<Uploaded> {
    const path = fromHome(source);
    return write(createReadStream(path), basename(path));
  }

  function takePiped(): Promise<Uploaded> {
    return write(upTo(Bun.stdin.stream(), config.max_upload), "standard-input");
  }

  async function write(pieces: AsyncIterable<Uint8Array> | string[], name: string): Promise<Uploaded> {
    const stream = Array.isArray(pieces) ? pieces.map((piece) => Buffer.from(piece)) : pieces;
    const { path } = await store.scratch.write(stream);
    return { path, name, type: "" };
  }
}

function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source) && parseWebAddress(source) !== undefined;
}

function assertReadable(source: string, maxBytes: number): void {
  const found = statSync(fromHome(source), { throwIfNoEntry: false });
  if (!found) throw new ConfigError(`there is no file ${source}`);
  if (found.isDirectory()) throw new ConfigError(`${source} is a folder: name files in it, or an archive of it`);
  if (found.size > maxBytes) throw tooLarge(source, maxBytes);
}

async function* upTo(pieces: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw tooLarge("what is piped in", maxBytes);
    yield piece;
  }
}

function tooLarge(name: string, maxBytes: number): ConfigError {
  return new ConfigError(`${name} has more than ${maxBytes} bytes: --max-upload allows more`);
}
