import { stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../lib/error-code.ts";
import { openToRead } from "./database.ts";
import { blobFolders } from "./layout.ts";

/** A file that a row names, and what is wrong with it. */
export interface BlobFault {
  /** Within the data directory. */
  readonly path: string;
  readonly fault: string;
}

interface BlobRow {
  readonly name: string;
  /** Null where the row counts something else with it. */
  readonly bytes: number | null;
  /** SHA-256, in hex; null where it is not kept. */
  readonly hash: string | null;
}

/** How many are looked at between two reports. */
const atOnce = 100;

/** Holds every file against its row: whether it is there, as long as it was, and what it was. It reads all of them. */
export async function checkBlobs(
  databasePath: string,
  directory: string,
  onProgress: (checked: number, total: number) => void,
): Promise<BlobFault[]> {
  const all = listBlobRows(databasePath);
  const faults: BlobFault[] = [];
  for (const [index, { folder, ...row }] of all.entries()) {
    if (index % atOnce === 0) onProgress(index, all.length);
    const path = `${folder}/${row.name}`;
    const fault = await faultOf(join(directory, path), row);
    if (fault !== undefined) faults.push({ path, fault });
  }
  return faults;
}

function listBlobRows(path: string): (BlobRow & { readonly folder: string })[] {
  using database = openToRead(path);
  return blobFolders.flatMap(({ folder, table, column }) => {
    const hash = table === "bucket_files" ? "NULL" : "hash";
    const bytes = table === "shares" ? "NULL" : "bytes";
    const rows = database.query<BlobRow, []>(
      `SELECT ${column} AS name, max(${bytes}) AS bytes, ${hash} AS hash FROM ${table} GROUP BY ${column}`,
    );
    return rows.all().map((row) => ({ ...row, folder }));
  });
}

async function faultOf(path: string, { bytes, hash }: BlobRow): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // Of a pipe or a device there may be no end to read to.
    if (!found.isFile()) return "it is no file";
    const { size } = found;
    if (bytes !== null && size !== bytes) return `it has ${size} bytes of ${bytes}`;
    return hash === null || (await digestOfFile(path)) === hash ? undefined : "it is not what it was";
  } catch (thrown) {
    return codeOf(thrown) === "ENOENT" ? "it is gone" : `it cannot be read: ${String(thrown)}`;
  }
}

async function digestOfFile(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const piece of Bun.file(path).stream()) hasher.update(piece);
  return hasher.digest("hex");
}
