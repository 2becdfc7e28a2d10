import type { Database } from "bun:sqlite";
import { openTotal } from "./totals.ts";
import type { Writer } from "./writer.ts";

/** What was asked for as a response, and what came of it. */
export interface ResponseRow {
  readonly id: string;
  readonly owner: string;
  /** The server that answers, or answered. */
  readonly server: number;
  /** The response that it goes on from. */
  readonly previous_id: string | null;
  readonly background: 0 | 1;
  /** The address by which its media are named. */
  readonly origin: string;
  /** `in_progress`, or how it ended. */
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  readonly completed_at: number | null;
  /** What is told of it from the beginning, as JSON. */
  readonly about: string;
  /** The items of its own request, as JSON: those before it are in the rows of the responses before it. */
  readonly input: string;
  /** What was answered, as JSON; null until then. */
  readonly outcome: string | null;
}

export type ResponseEnd = Pick<ResponseRow, "status"> & { readonly completed_at: number; readonly outcome: string };

export interface ResponseTable {
  /**
   * Nothing happens where it is there already. Beyond what all may take together the oldest go. Of one that is not in the
   * background the row survives the process, and the loss of power once it has ended: until then nothing can be made of it.
   */
  insert(row: ResponseRow): Promise<void>;
  /** Nothing happens where it has ended already, or is not there any more. */
  end(id: string, end: ResponseEnd): Promise<void>;
  find(id: string): Promise<ResponseRow | undefined>;
  remove(id: string): Promise<void>;
  /** Removes some of those that were made before a moment, and gives their number. */
  removeBefore(moment: number): Promise<number>;
}

/** How long a response is kept, in milliseconds. */
export const responseMs = 30 * 24 * 60 * 60_000;

/** What all of them may take on disk, in bytes. Arbitrary: a million of short ones, or some hundreds with large pictures. */
const maxBytes = 4 * 1024 * 1024 * 1024;
/** What a row takes beside its texts, about. */
const rowBytes = 200;
/** How many go in one step: they may be large. */
const removedAtOnce = 50;

const columns = `id, owner, server, previous_id, background, origin, status, created_at, completed_at, about, input,
  outcome`;

export function openResponseTable(database: Database, writer: Writer): ResponseTable {
  const insert = database.query(
    `INSERT OR IGNORE INTO responses (${columns}, bytes) VALUES ($id, $owner, $server, $previous_id, $background,
       $origin, $status, $created_at, $completed_at, $about, $input, $outcome, $bytes)`,
  );
  const end = database.query(
    `UPDATE responses SET status = $status, completed_at = $completed_at, outcome = $outcome, bytes = bytes + $bytes
     WHERE id = $id AND outcome IS NULL`,
  );
  const find = database.query<ResponseRow, [string]>(`SELECT ${columns} FROM responses WHERE id = ?`);
  const remove = database.query("DELETE FROM responses WHERE id = ?");
  const removeOldest = database.query(
    "DELETE FROM responses WHERE id IN (SELECT id FROM responses WHERE id != ? ORDER BY created_at LIMIT 10)",
  );
  const removeBefore = database.query<{ id: string }, [number, number]>(
    `DELETE FROM responses WHERE id IN (SELECT id FROM responses WHERE created_at < ? ORDER BY created_at LIMIT ?)
     RETURNING id`,
  );
  const totalBytes = openTotal(database, "responses");

  return {
    insert: (row) =>
      (row.background ? writer.write : writer.writeLightly)(() => {
        insert.run({ ...row, bytes: rowBytes + Buffer.byteLength(row.about) + Buffer.byteLength(row.input) });
        for (let step = 0; step < 10 && totalBytes() > maxBytes; step++) removeOldest.run(row.id);
      }),
    end: async (id, { outcome, ...rest }) =>
      void (await writer.write(() => end.run({ id, outcome, bytes: Buffer.byteLength(outcome), ...rest }))),
    find: async (id) => find.get(id) ?? undefined,
    remove: async (id) => void (await writer.write(() => remove.run(id))),
    removeBefore: (moment) => writer.write(() => removeBefore.all(moment, removedAtOnce).length),
  };
}
