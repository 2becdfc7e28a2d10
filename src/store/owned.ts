import { join } from "node:path";
import { openToRead } from "./database.ts";
import { databaseName } from "./layout.ts";
import type { MemoryRow } from "./memory-rows.ts";
import type { ShareRow } from "./shares.ts";
import type { UsageRow } from "./usage.ts";

export interface OwnedMemory extends MemoryRow {
  readonly user_id: string;
}

/** All that an owner has, in the order in which it came, as it was at one moment. For a process that serves nobody. */
export interface Owned extends Disposable {
  memories(): Iterable<OwnedMemory>;
  shares(now: number): Iterable<ShareRow>;
  usage(): Iterable<UsageRow>;
}

export function openOwned(directory: string, owner: string): Owned {
  const database = openToRead(join(directory, databaseName));
  // Whatever is read from here on is of the same moment.
  database.run("BEGIN");
  const memories = database.query<OwnedMemory, [string]>(
    `SELECT user_id, memory_id, text, metadata, conversation_id, created_at, updated_at
     FROM memory_users JOIN memories ON memories.user = memory_users.id AND memories.id <= memory_users.shown
     WHERE owner = ? AND user_id IS NOT NULL ORDER BY memories.id`,
  );
  const shares = database.query<ShareRow, [string, number]>(
    "SELECT * FROM shares WHERE owner = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY id",
  );
  const usage = database.query<UsageRow, [string]>(
    `SELECT run_id, owner, key_id, user, created_at, day, provider, model, prompt_tokens, completion_tokens, total_tokens,
       saved_tokens, cost, details, outcome, error, duration_ms, first_token_ms
     FROM usage WHERE owner = ? ORDER BY id`,
  );
  return {
    memories: () => memories.iterate(owner),
    shares: (now) => shares.iterate(owner, now),
    usage: () => usage.iterate(owner),
    [Symbol.dispose]: () => database.close(),
  };
}
