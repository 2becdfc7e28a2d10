import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { unpackArchive } from "./archive.ts";
import { decodeText } from "./charset.ts";
import { convertDocument } from "./convert-document.ts";
import { convertCsv } from "./formats/csv.ts";
import { htmlToMarkdown } from "./formats/html.ts";
import { convertMail } from "./formats/mail.ts";
import { readWebPage } from "./formats/web-page.ts";
import { createJobFiles, keepMedium, type JobFiles } from "./job-files.ts";
import type { Piece } from "./outcome.ts";
import { recognise, type Kind } from "./recognise.ts";
import { damaged, Unconvertible } from "./unconvertible.ts";
import { toMebibytes, tooMany, type UnpackLimits } from "./unpack.ts";

/** One file for one process. */
export interface ConvertJob {
  readonly path: string;
  /** As it was uploaded: data, never a path. */
  readonly name: string;
  /** What the files are called by that come of it. */
  readonly id: string;
  readonly folder: string;
  /** Of an archive or a mail: what it holds in turn is not opened. */
  readonly isMember: boolean;
  /** Of a page of the web, of which only the text is wanted that it is there for. */
  readonly page?: PageOrigin;
  readonly limits: ConvertLimits;
  /** Whether what comes of it is to be on disk. */
  readonly isSynced: boolean;
}

/** Where a page comes from, and what its host says of it. */
export interface PageOrigin {
  readonly url: string;
  readonly charset?: string;
}

/** What conversion may cost; the limits that it extends are an archive's. */
export interface ConvertLimits extends UnpackLimits {
  /** Of a document as it comes, and of its text. */
  readonly maxDocumentBytes: number;
}

/**
 * Never fails for what is in the file: whatever is thrown over it makes it `skipped`.
 *
 * @throws what the file system throws: a full disk is no fault of the file's
 */
export async function convertFile(job: ConvertJob): Promise<readonly Piece[]> {
  try {
    const kind = await recognise(job.path, job.name);
    return await convertKind(job, kind, createJobFiles(job));
  } catch (error) {
    if (isSystemError(error)) throw error;
    return [{ kind: "skipped", name: job.name, reason: (error instanceof Unconvertible ? error : damaged()).message }];
  }
}

async function convertKind(job: ConvertJob, kind: Kind, files: JobFiles): Promise<readonly Piece[]> {
  const { path, name, isMember, isSynced, page, limits } = job;
  if (page) return [await convertPage(job, page, kind, files)];
  switch (kind.is) {
    case "media":
      return [keepMedium(path, name, kind.type, isMember && isSynced)];
    case "archive":
      if (isMember) throw new Unconvertible("it is an archive inside another file; upload it by itself");
      return unpackArchive({ path, name, packing: kind.packing }, limits, files);
    case "document":
      return [files.saveDocument(name, await convertDocument(readDocument(path, limits), kind.format))];
    case "mail":
      return convertMailFile(job, files);
    case "text":
      return [files.saveDocument(name, convertText(decodeText(readDocument(path, limits)), kind.format))];
  }
}

/** Of a page only text is wanted: what is in an archive or attached to a mail is not looked at. */
async function convertPage(
  { path, name, limits }: ConvertJob,
  { url, charset }: PageOrigin,
  kind: Kind,
  files: JobFiles,
): Promise<Piece> {
  if (kind.is === "media" || kind.is === "archive") throw new Unconvertible("it has no text");
  const bytes = readDocument(path, limits);
  if (kind.is === "document") return files.saveDocument(name, await convertDocument(bytes, kind.format));
  if (kind.is === "mail") return files.saveDocument(name, (await convertMail(bytes)).text);
  const decoded = decodeText(bytes, { told: charset });
  if (kind.format !== "html") return files.saveDocument(name, convertText(decoded, kind.format));
  const { text, title, canonical } = readWebPage(decoded, url);
  return files.saveDocument(name, text, { title, ...(canonical !== undefined && { canonical }) });
}

function convertText(text: string, format: "plain" | "csv" | "html"): string {
  if (format === "csv") return convertCsv(text);
  return format === "html" ? htmlToMarkdown(text) : text;
}

async function convertMailFile(
  { path, name, isMember, limits }: ConvertJob,
  files: JobFiles,
): Promise<readonly Piece[]> {
  const { text, attachments } = await convertMail(readDocument(path, limits));
  const pieces: Piece[] = [files.saveDocument(name, text)];
  // Told once, as of an archive.
  if (attachments.length > limits.maxEntries) pieces.push({ kind: "skipped", name, reason: tooMany(limits).message });
  for (const attachment of attachments.slice(0, limits.maxEntries)) {
    if (isMember) {
      pieces.push({
        kind: "skipped",
        name: attachment.name,
        reason: "it is attached to a mail inside an archive; upload it by itself",
      });
      continue;
    }
    const member = files.newPath();
    await writeFile(member, attachment.content, { mode: 0o600 });
    pieces.push({ kind: "member", name: attachment.name, path: member });
  }
  return pieces;
}

function readDocument(path: string, { maxDocumentBytes }: ConvertLimits): Uint8Array {
  if (statSync(path).size > maxDocumentBytes)
    throw new Unconvertible(`it is larger than ${toMebibytes(maxDocumentBytes)}; upload it in parts`);
  return readFileSync(path);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
