import { rm } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import { extensionOf } from "../lib/extension.ts";
import { mapParallel } from "../lib/parallel.ts";
import { isTooLarge, maxPixels, type PictureSize, readPictureSize } from "../lib/picture.ts";
import { toSafeName } from "../lib/safe-name.ts";
import type { SkippedFile } from "../protocol/buckets.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Adopted, Blobs } from "../store/blobs.ts";
import { type BucketFileRow, type BucketLimits, tooMuchForBucket } from "../store/buckets.ts";
import type { Scratch } from "../store/scratch.ts";
import type { Converter } from "./convert.ts";
import { type Download, downloadOne, downloadsName, maxAddresses, readAddressList, type Uploaded } from "./download.ts";
import type { Outcome } from "./outcome.ts";
import type { Progress } from "./progress.ts";

export interface UploadParts {
  readonly blobs: Blobs;
  readonly scratch: Scratch;
  readonly converter: Converter;
  readonly download: Download;
  readonly clock: Clock;
  readonly limits: BucketLimits;
}

export interface UploadOptions {
  /** Writes down what is said in a recording, where that is wished for. @throws {ApiError} */
  readonly transcribe?: ((path: string, name: string, signal: AbortSignal) => Promise<string>) | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What a bucket is to keep: its bytes are on disk. */
export interface Kept {
  readonly files: readonly BucketFileRow[];
  readonly skipped: readonly SkippedFile[];
}

/** Conversions queue; what comes before and after them need not wait for those of others. */
const atOnce = 8;
const fetchedAtOnce = 6;

/**
 * Makes of files what a bucket keeps: the text of documents, media as they are, and of archives and lists of addresses
 * what is in them. What cannot be kept is skipped; a failure leaves nothing. Archives and lists may hold many times what
 * was uploaded: no more of them is ever on disk than one bucket may hold, and what is just being read.
 *
 * @throws {ApiError} `body_too_large`, `storage_full`
 * @throws the signal's reason
 */
export async function keepUpload(
  uploads: readonly Uploaded[],
  parts: UploadParts,
  { transcribe, progress, signal }: UploadOptions,
): Promise<Kept> {
  const { blobs, scratch, converter, clock, limits } = parts;
  let keptBytes = 0;
  let leftAddresses = maxAddresses;
  /** By their paths. */
  const chosen = new Map<string, Adopted>();
  const loose = new Set<string>();
  try {
    const kept = join(await mapParallel(uploads, atOnce, keepUploaded));
    const all = [...chosen.values()];
    await blobs.adoptAll(all).catch(async (thrown: unknown) => {
      await Promise.all(all.map(({ name }) => blobs.remove(name)));
      throw thrown;
    });
    for (const path of chosen.keys()) loose.delete(path);
    return kept;
  } finally {
    await Promise.all([...loose].map((path) => rm(path, { force: true })));
  }

  /** A list counts only as it is uploaded: one that an address gives could name itself, and the next, without an end. */
  async function keepUploaded(uploaded: Uploaded): Promise<Kept> {
    return toSafeName(uploaded.name) === downloadsName ? keepDownloads(uploaded.path) : keep(uploaded);
  }

  async function keep(uploaded: Uploaded): Promise<Kept> {
    const { path } = uploaded;
    const outcomes = await converter.convert({ path, name: nameOf(uploaded) }, scratch.folder, signal);
    for (const outcome of outcomes) if (outcome.kind !== "skipped") loose.add(outcome.path);
    return join(await mapParallel(outcomes, 1, (outcome) => keepOutcome(outcome, path)));
  }

  async function keepDownloads(path: string): Promise<Kept> {
    const file = Bun.file(path);
    if (file.size > maxListBytes) return skip(downloadsName, `a list of addresses has at most ${maxListBytes} bytes`);
    const list = await file.text();
    const { addresses, skipped } = readAddressList(list, leftAddresses);
    leftAddresses -= addresses.length;
    progress.tell({ action: "download", count: addresses.length });
    return join([...(await mapParallel(addresses, fetchedAtOnce, keepAddress)), { files: [], skipped }]);
  }

  async function keepAddress(address: string): Promise<Kept> {
    const got = await downloadOne(address, parts.download, signal);
    if (!("path" in got)) return { files: [], skipped: [got] };
    loose.add(got.path);
    const kept = await keep(got);
    if (!chosen.has(got.path)) await rm(got.path, { force: true });
    return kept;
  }

  async function keepOutcome(outcome: Outcome, uploadedPath: string): Promise<Kept> {
    if (outcome.kind === "skipped") return skip(outcome.name, outcome.reason);
    if (outcome.kind === "document") return { files: [choose(outcome, "text/markdown", true)], skipped: [] };
    const { path, name, type } = outcome;
    const size = await readPictureSize(path, type).catch(() => "broken" as const);
    if (size === "broken") return refuse("the picture is damaged");
    if (size && isTooLarge(size)) return refuse(`the picture has more than ${maxPixels / 1e6} megapixels`);
    const row = choose(outcome, type, path !== uploadedPath, size);
    const said = transcribe && type.startsWith("audio/") ? await writeDown(path, row.name, transcribe) : noFiles;
    return join([{ files: [row], skipped: [] }, said]);

    /** Of an archive's members at once: nothing counts them, and there may be gigabytes. */
    async function refuse(reason: string): Promise<Kept> {
      if (path !== uploadedPath) await rm(path, { force: true });
      return skip(name, reason);
    }
  }

  /** What is said in a recording, as a document beside it. */
  async function writeDown(
    recording: string,
    name: string,
    transcribe: NonNullable<UploadOptions["transcribe"]>,
  ): Promise<Kept> {
    try {
      const text = await transcribe(recording, name, signal);
      const { path, bytes } = await scratch.write([Buffer.from(text)]);
      loose.add(path);
      return {
        files: [choose({ kind: "document", name: `${name}.md`, path, bytes }, "text/markdown", false)],
        skipped: [],
      };
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ApiError)) throw thrown;
      return skip(`${name}.md`, `its words could not be written down: ${thrown.message}`);
    }
  }

  /** It gets its name with all others: each by itself would wait for the disk. */
  function choose(
    outcome: Exclude<Outcome, { kind: "skipped" }>,
    type: string,
    isOnDisk: boolean,
    size?: PictureSize,
  ): BucketFileRow {
    const { kind, name, path, bytes } = outcome;
    keptBytes += bytes;
    if (keptBytes > limits.maxBucketBytes) throw tooMuchForBucket(limits);
    const blob = Bun.randomUUIDv7();
    chosen.set(path, { path, name: blob, isOnDisk });
    const safeName = toSafeName(name);
    if (kind === "media") progress.tell({ action: "media", filename: safeName });
    else progress.tell({ action: "load", size: bytes });
    return {
      name: safeName,
      kind,
      type,
      bytes,
      blob,
      width: size?.width ?? null,
      height: size?.height ?? null,
      created_at: clock(),
    };
  }
}

/** Arbitrary: far more than as many addresses as are fetched. */
const maxListBytes = 1024 * 1024;

const noFiles: Kept = { files: [], skipped: [] };

function skip(name: string, reason: string): Kept {
  return { files: [], skipped: [{ name: toSafeName(name), reason }] };
}

function join(all: readonly Kept[]): Kept {
  return { files: all.flatMap(({ files }) => files), skipped: all.flatMap(({ skipped }) => skipped) };
}

/** A blob that a page sends has no name of its own: browsers call it `blob`. */
function nameOf({ name, type }: Uploaded): string {
  return name === "" || name === "blob" ? `file.${extensionOf(type)}` : name;
}
