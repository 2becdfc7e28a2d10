import { createTarDecoder } from "modern-tar";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { toByteStream } from "../lib/byte-stream.ts";
import { blobFolders, databaseName } from "../store/layout.ts";
import { receive } from "../store/receive.ts";
import { BackupError } from "./error.ts";
import { isMemberName, type Manifest, manifestName, parseManifest } from "./manifest.ts";

/**
 * Writes a backup's files into an empty folder, and checks each against the manifest. What stands in an archive is data:
 * names that we do not give ourselves are refused before anything is written under them.
 *
 * @throws {BackupError} that says what is wrong with "it"
 */
export async function unpack(archive: AsyncIterable<Uint8Array>, folder: string): Promise<Manifest> {
  try {
    return await writeMembers(archive, folder);
  } catch (thrown) {
    // What the disk says stays as it is.
    if (thrown instanceof BackupError || (thrown instanceof Error && "syscall" in thrown)) throw thrown;
    throw new BackupError(`it is no tar, or damaged: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** A line for each file: some millions of them. */
const maxManifestBytes = 512 * 1024 * 1024;

async function writeMembers(archive: AsyncIterable<Uint8Array>, folder: string): Promise<Manifest> {
  for (const { folder: blobs } of blobFolders) mkdirSync(join(folder, blobs), { mode: 0o700 });
  const found: Manifest["files"] = [];
  const names = new Set<string>();
  let manifest: Manifest | undefined;
  for await (const { header, body } of toByteStream(archive).pipeThrough(createTarDecoder({ strict: true }))) {
    const { name, type, size } = header;
    if (manifest) throw new BackupError(`something follows ${manifestName}, which is the last in every backup`);
    if (type !== "file" || names.has(name) || !(isMemberName(name) || name === manifestName))
      throw new BackupError("it holds something that no backup holds");
    names.add(name);
    if (name === manifestName) {
      if (size > maxManifestBytes) throw new BackupError(`${manifestName} is too long`);
      manifest = parseManifest(await new Response(body).text());
      continue;
    }
    const { hash, bytes } = await receive(body, join(folder, name));
    found.push({ name, bytes, sha256: hash });
  }
  if (!manifest) throw new BackupError("it ends too early");
  assertSame(manifest, found);
  return manifest;
}

function assertSame({ files }: Manifest, found: Manifest["files"]): void {
  const stated = new Map(files.map((file) => [file.name, file]));
  for (const { name, bytes, sha256 } of found) {
    const file = stated.get(name);
    if (!file) throw new BackupError(`${manifestName} does not name ${name}`);
    if (file.bytes !== bytes || file.sha256 !== sha256) throw new BackupError(`${name} is damaged`);
    stated.delete(name);
  }
  for (const name of stated.keys()) throw new BackupError(`${name} is missing`);
  if (!found.some(({ name }) => name === databaseName)) throw new BackupError(`${databaseName} is missing`);
}
