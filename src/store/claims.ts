import type { Database } from "bun:sqlite";
import type { Presence } from "./presence.ts";
import { openTotal } from "./totals.ts";
import type { Writer } from "./writer.ts";

/** An `Idempotency-Key` belongs to an owner, and stands for one request to one address. */
export interface Claim {
  readonly owner: string;
  readonly target: string;
  readonly key: string;
}

/** What a request was answered. */
export interface KeptAnswer {
  readonly status: number;
  /** JSON, by their names. */
  readonly headers: string;
  /** Its body, sealed: an answer may hold a key that is told once. */
  readonly sealed: Uint8Array;
}

export type Claimed =
  /** Nobody has it: the request may do its work. */
  | { readonly state: "new"; readonly id: number }
  /** The request that has it is being worked on. */
  | { readonly state: "running" }
  /** A request has written something, and what it was answered is not known: its server was ended before. */
  | { readonly state: "unknown" }
  /** `digest` of its body is null where it was not read. */
  | { readonly state: "answered"; readonly id: number; readonly digest: Uint8Array | null; readonly answer: KeptAnswer }
  | { readonly state: "run"; readonly digest: Uint8Array | null; readonly runId: string };

export interface Claims {
  claim(claim: Claim, at: number): Promise<Claimed>;
  answer(id: number, digest: Uint8Array | undefined, answer: KeptAnswer): Promise<void>;
  /** Its answer is that of a run. */
  bind(id: number, digest: Uint8Array | undefined, runId: string): Promise<void>;
  /**
   * Lets go of one that has written nothing, or has failed and said so, whatever it had written: whoever comes next does
   * the work.
   */
  release(id: number, hasFailed: boolean): Promise<void>;
  /** Removes some of those that were made before a moment, and gives their number. */
  removeBefore(moment: number): Promise<number>;
}

interface ClaimRow {
  readonly id: number;
  readonly server: number;
  readonly has_written: number;
  readonly digest: Uint8Array | null;
  readonly status: number | null;
  readonly headers: string | null;
  readonly sealed: Uint8Array | null;
  readonly run_id: string | null;
  readonly created_at: number;
}

/** How long a claim stands, in milliseconds. */
export const claimMs = 24 * 60 * 60_000;

/** What all of them may take on disk, in bytes; the oldest go first. Arbitrary: about a million of short answers. */
const maxBytes = 256 * 1024 * 1024;
/** What a row takes beside its answer, about. */
const rowBytes = 200;
/** How many go in one step: a few milliseconds. */
const removedAtOnce = 500;

export function openClaims(database: Database, writer: Writer, { id: server, living }: Presence): Claims {
  const columns = "id, server, has_written, digest, status, headers, sealed, run_id, created_at";
  const find = database.query<ClaimRow, [string, string, string]>(
    `SELECT ${columns} FROM claims WHERE owner = ? AND target = ? AND key = ?`,
  );
  const insert = database.query<{ id: number }, Record<string, string | number>>(
    `INSERT INTO claims (owner, target, key, server, has_written, bytes, created_at)
     VALUES ($owner, $target, $key, $server, 0, $bytes, $at) RETURNING id`,
  );
  const answer = database.query(
    `UPDATE claims SET digest = $digest, status = $status, headers = $headers, sealed = $sealed,
       bytes = bytes + length($sealed) WHERE id = $id`,
  );
  const bind = database.query("UPDATE claims SET digest = ?, run_id = ? WHERE id = ?");
  const remove = database.query("DELETE FROM claims WHERE id = ?");
  const release = database.query("DELETE FROM claims WHERE id = ? AND (has_written = 0 OR ?)");
  const removeOldest = database.query("DELETE FROM claims WHERE id IN (SELECT id FROM claims ORDER BY id LIMIT 50)");
  const removeBefore = database.query<{ id: number }, [number, number]>(
    `DELETE FROM claims WHERE id IN (SELECT id FROM claims WHERE created_at < ? ORDER BY created_at LIMIT ?)
     RETURNING id`,
  );
  const totalBytes = openTotal(database, "claims");
  /** Those that this server is working on. */
  const working = new Set<number>();
  const end = async (id: number, write: () => unknown) => {
    let isForgotten = false;
    const forget = () => {
      if (!isForgotten) working.delete(id);
      isForgotten = true;
    };
    try {
      await writer.write(() => {
        // Now, and not once it is on disk: the next claim, in the same transaction, may have the number of one that goes.
        forget();
        write();
      });
    } finally {
      forget();
    }
  };

  return {
    async claim(claim, at) {
      let made: number | undefined;
      try {
        return await writer.write((): Claimed => {
          const row = find.get(claim.owner, claim.target, claim.key);
          const standing = row && row.created_at > at - claimMs ? stateOf(row) : undefined;
          if (standing) return standing;
          if (row) remove.run(row.id);
          const id = insert.get({ ...claim, server, bytes: rowBytes + claim.target.length + claim.key.length, at })?.id;
          if (id === undefined) throw new Error("a claim that was just made has no number");
          // Now, and not once it is on disk: another one in the same transaction must find it.
          working.add((made = id));
          for (let step = 0; step < 10 && totalBytes() > maxBytes; step++) removeOldest.run();
          return { state: "new", id };
        });
      } catch (thrown) {
        if (made !== undefined) working.delete(made);
        throw thrown;
      }
    },
    answer: (id, digest, kept) => end(id, () => answer.run({ id, digest: digest ?? null, ...kept })),
    bind: (id, digest, runId) => end(id, () => bind.run(digest ?? null, runId, id)),
    release: (id, hasFailed) => end(id, () => release.run(id, hasFailed)),
    removeBefore: (moment) => writer.write(() => removeBefore.all(moment, removedAtOnce).length),
  };

  /** `undefined` where its server was ended before anything was written, so that the work is still to be done. */
  function stateOf(row: ClaimRow): Claimed | undefined {
    const { id, digest, status, headers, sealed, run_id: runId } = row;
    if (runId !== null) return { state: "run", digest, runId };
    if (status !== null && headers !== null && sealed !== null)
      return { state: "answered", id, digest, answer: { status, headers, sealed } };
    if (working.has(id) || (row.server !== server && living().has(row.server))) return { state: "running" };
    return row.has_written ? { state: "unknown" } : undefined;
  }
}
