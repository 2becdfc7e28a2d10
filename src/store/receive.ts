import { type FileHandle, open, rm } from "node:fs/promises";

/** A file that came as a stream, and has no name yet. */
export interface Written {
  readonly path: string;
  readonly bytes: number;
}

export interface Received extends Written {
  /** SHA-256, in hex. */
  readonly hash: string;
}

type Stream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** As `writeStream`, and hashes what is written meanwhile. */
export async function receive(stream: Stream, path: string): Promise<Received> {
  const hasher = new Bun.CryptoHasher("sha256");
  const written = await writeStream(stream, path, (piece) => void hasher.update(piece));
  return { ...written, hash: hasher.digest("hex") };
}

/**
 * Writes a stream to a new file, at the disk's pace: while one block is written, the next one is taken and seen, and no
 * third. If anything fails, nothing stays.
 */
export async function writeStream(stream: Stream, path: string, see?: (piece: Uint8Array) => void): Promise<Written> {
  let bytes = 0;
  let written = Promise.resolve();
  const file = await open(path, "wx", 0o600);
  try {
    try {
      for await (const block of toBlocks(stream)) {
        await written;
        written = writeAll(file, block);
        // Its failure is told when the next block comes, or the end.
        written.catch(() => {});
        for (const piece of block) {
          see?.(piece);
          bytes += piece.byteLength;
        }
      }
      await written;
    } finally {
      await written.catch(() => {});
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { path, bytes };
}

/**
 * What is worth one call of the system: in the network's pieces a file takes half as long again, and in megabytes too, for
 * which the system looks for memory in one piece. Far fewer pieces than one call can take.
 */
const block = { maxBytes: 256 * 1024, maxPieces: 64 };

async function* toBlocks(stream: Stream): AsyncGenerator<readonly Uint8Array[]> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const given of stream) {
    for (let start = 0; start < given.byteLength; start += block.maxBytes) {
      const piece = given.subarray(start, start + block.maxBytes);
      if (bytes + piece.byteLength > block.maxBytes || pieces.length === block.maxPieces) {
        yield pieces;
        pieces = [];
        bytes = 0;
      }
      pieces.push(piece);
      bytes += piece.byteLength;
    }
  }
  if (pieces.length > 0) yield pieces;
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  for (let left = pieces; left.length > 0;) {
    const { bytesWritten } = await file.writev(left);
    left = withoutFirst(left, bytesWritten);
  }
}

function withoutFirst(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let leftBytes = bytes;
  return pieces.flatMap((piece) => {
    const gone = Math.min(leftBytes, piece.byteLength);
    leftBytes -= gone;
    return gone < piece.byteLength ? [piece.subarray(gone)] : [];
  });
}
