import { createTarPacker } from "modern-tar";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, manifestName } from "./manifest.ts";

export interface Packing {
  /** Whose files are packed, and their names in it. */
  readonly folder: string;
  readonly names: readonly string[];
  /** What is said of all of them, once they are packed. */
  readonly describe: (files: Manifest["files"]) => Manifest;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

/** Worth one look at the disk. */
const pieceBytes = 1024 * 1024;

/** A tar of files, as it is read, and their digests at its end: each file is read once, and none is ever in memory. */
export function pack({ folder, names, describe, onBytes, signal }: Packing): ReadableStream<Uint8Array> {
  const { readable, controller } = createTarPacker();
  void fill().catch((thrown: unknown) =>
    controller.error(thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
  return readable;

  async function fill(): Promise<void> {
    const files: Manifest["files"] = [];
    for (const name of names) {
      const path = join(folder, name);
      const { size, mtime } = statSync(path);
      const hasher = new Bun.CryptoHasher("sha256");
      const writer = controller.add(headerOf(name, size, mtime)).getWriter();
      for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
        signal.throwIfAborted();
        hasher.update(piece);
        onBytes(piece.byteLength);
        await writer.write(piece);
      }
      await writer.close();
      files.push({ name, bytes: size, sha256: hasher.digest("hex") });
    }
    const manifest = new TextEncoder().encode(`${JSON.stringify(describe(files), null, 1)}\n`);
    const writer = controller.add(headerOf(manifestName, manifest.byteLength, new Date())).getWriter();
    await writer.write(manifest);
    await writer.close();
    controller.finalize();
  }
}

function headerOf(name: string, size: number, mtime: Date) {
  return { name, size, mtime, type: "file", mode: 0o600 } as const;
}
