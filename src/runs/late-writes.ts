import type { Log } from "../lib/log.ts";
import { toDiskFailure } from "../protocol/disk-failure.ts";
import type { ChatTable } from "../store/chats.ts";
import type { Disk } from "../store/disk.ts";
import type { UsageTable } from "../store/usage.ts";

/**
 * What came of runs, and is written when they are over: nobody can be refused it any more. Where the disk takes nothing it
 * waits here for room, so that what was used is counted, and charged, once.
 */
export interface LateWrites extends AsyncDisposable {
  /** As the table, but `insert` resolves as well when its row waits. */
  usage(table: UsageTable): UsageTable;
  /** The same for the end of an answer. */
  chats(table: ChatTable): ChatTable;
}

/** What may wait, in bytes: hundreds of thousands of rows, or thousands of answers. */
const maxBytes = 64 * 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly write: () => Promise<void>;
}

export function createLateWrites(disk: Disk, log: Log): LateWrites {
  const waiting: Waiting[] = [];
  let bytes = 0;
  let catchingUp: Promise<void> | undefined;
  const room = disk.onRoom(() => void catchUp());

  return {
    usage: (table) => ({ ...table, insert: (row) => writeOrWait(row, () => table.insert(row)) }),
    chats: (table) => ({ ...table, finish: (id, result) => writeOrWait(result, () => table.finish(id, result)) }),
    async [Symbol.asyncDispose]() {
      room[Symbol.dispose]();
      await catchUp();
      if (waiting.length > 0)
        log.error("the disk took nothing until the end: what runs used, and said last in their chats, is lost", {
          writes: waiting.length,
        });
    },
  };

  /** @throws what is no fault of the disk, and where too much waits already */
  async function writeOrWait(row: object, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (thrown) {
      const needed = JSON.stringify(row).length;
      if (!toDiskFailure(thrown) || bytes + needed > maxBytes) throw thrown;
      if (waiting.length === 0)
        log.warn("what runs used waits to be written until the disk takes it", { error: thrown });
      waiting.push({ bytes: needed, write });
      bytes += needed;
    }
  }

  function catchUp(): Promise<void> {
    return (catchingUp ??= writeAll().finally(() => (catchingUp = undefined)));
  }

  /** In their order, until one fails: the disk has noted it, and calls again. */
  async function writeAll(): Promise<void> {
    let count = 0;
    try {
      for (let first = waiting[0]; first; first = waiting[0]) {
        await first.write();
        waiting.shift();
        bytes -= first.bytes;
        count++;
      }
    } catch (error) {
      if (!toDiskFailure(error)) {
        // It would be in the way of all others.
        const lost = waiting.shift();
        bytes -= lost?.bytes ?? 0;
        log.error("what a run used could not be written", { error });
        return writeAll();
      }
    }
    if (count > 0) log.info("what waited for the disk is written", { writes: count, left: waiting.length });
  }
}
