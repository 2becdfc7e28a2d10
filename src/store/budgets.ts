import type { Database } from "bun:sqlite";
import type { Writer } from "./writer.ts";

/** Whole numbers, so that what is added and taken away again leaves nothing. */
export interface Amount {
  readonly tokens: number;
  /** Billionths of a US dollar. */
  readonly nanodollars: number;
}

/** Whose day: the key's, in UTC; '' is whoever needs no key. */
export interface KeyDay {
  readonly key_id: string;
  readonly day: string;
}

/** What a run has set aside of its key's day. */
export interface ReservationRow extends KeyDay, Amount {
  readonly run_id: string;
  /** Who produces it: once that server is no more, nothing is set aside. */
  readonly server: number;
}

/** How a key's day stands. */
export interface Ledger extends Amount {
  readonly reserved_tokens: number;
  readonly reserved_nanodollars: number;
}

export interface BudgetTable {
  /** Sets aside the whole of it, or nothing: then it gives how the day stands. */
  reserve(row: ReservationRow, limit: Amount): Promise<Ledger | undefined>;
  /** The same for more of what a run has set aside already. */
  extend(runId: string, more: Amount, limit: Amount): Promise<Ledger | undefined>;
  /** Gives back what a run has set aside; nothing where it is settled. */
  release(runId: string): Promise<void>;
  /** Gives back what servers that are no more have set aside. */
  releaseAllBut(servers: ReadonlySet<number>): Promise<void>;
  get(of: KeyDay): Promise<Ledger>;
}

/** What is done within the transaction that writes a row of usage, so that a run is charged exactly once. */
export interface Charges {
  /** Charges the day in which it was set aside, else that of the row, and gives back what was. */
  settle(run: KeyDay & Amount & { readonly run_id: string }): void;
}

const none: Ledger = { tokens: 0, nanodollars: 0, reserved_tokens: 0, reserved_nanodollars: 0 };

export function openBudgetTable(database: Database, writer: Writer): BudgetTable & Charges {
  const get = database.query<Ledger, [string, string]>(
    "SELECT tokens, nanodollars, reserved_tokens, reserved_nanodollars FROM budgets WHERE key_id = ? AND day = ?",
  );
  const add = database.query(
    `INSERT INTO budgets (key_id, day, tokens, nanodollars, reserved_tokens, reserved_nanodollars)
     VALUES ($key_id, $day, $tokens, $nanodollars, $reserved_tokens, $reserved_nanodollars)
     ON CONFLICT DO UPDATE SET tokens = tokens + excluded.tokens, nanodollars = nanodollars + excluded.nanodollars,
       reserved_tokens = reserved_tokens + excluded.reserved_tokens,
       reserved_nanodollars = reserved_nanodollars + excluded.reserved_nanodollars`,
  );
  const insert = database.query(
    `INSERT INTO reservations (run_id, server, key_id, day, tokens, nanodollars)
     VALUES ($run_id, $server, $key_id, $day, $tokens, $nanodollars)`,
  );
  const find = database.query<ReservationRow, [string]>("SELECT * FROM reservations WHERE run_id = ?");
  const grow = database.query(
    "UPDATE reservations SET tokens = tokens + $tokens, nanodollars = nanodollars + $nanodollars WHERE run_id = $run_id",
  );
  const remove = database.query<ReservationRow, [string]>("DELETE FROM reservations WHERE run_id = ? RETURNING *");
  const removeOrphans = database.query<ReservationRow, [string]>(
    "DELETE FROM reservations WHERE server NOT IN (SELECT value FROM json_each(?)) RETURNING *",
  );

  return {
    reserve: (row, limit) =>
      writer.write(() => {
        const full = setAside(row, row, limit);
        if (!full) insert.run({ ...row });
        return full;
      }),
    extend: (runId, more, limit) =>
      writer.write(() => {
        const row = find.get(runId);
        const full = row ? setAside(row, more, limit) : undefined;
        if (row && !full) grow.run({ run_id: runId, tokens: more.tokens, nanodollars: more.nanodollars });
        return full;
      }),
    release: (runId) => writer.write(() => void giveBack(remove.get(runId))),
    releaseAllBut: (servers) =>
      writer.write(() => {
        for (const row of removeOrphans.all(JSON.stringify([...servers]))) giveBack(row);
      }),
    get: async (of) => read(of),
    settle({ run_id, key_id, day, tokens, nanodollars }) {
      const reserved = giveBack(remove.get(run_id));
      add.run({ ...none, key_id, day: reserved?.day ?? day, tokens, nanodollars });
    },
  };

  function read({ key_id, day }: KeyDay): Ledger {
    return get.get(key_id, day) ?? none;
  }

  /** Gives how the day stands where it is too much. */
  function setAside({ key_id, day }: KeyDay, { tokens, nanodollars }: Amount, limit: Amount): Ledger | undefined {
    const ledger = read({ key_id, day });
    const isTooMuch =
      ledger.tokens + ledger.reserved_tokens + tokens > limit.tokens ||
      ledger.nanodollars + ledger.reserved_nanodollars + nanodollars > limit.nanodollars;
    if (isTooMuch) return ledger;
    add.run({ ...none, key_id, day, reserved_tokens: tokens, reserved_nanodollars: nanodollars });
    return undefined;
  }

  function giveBack(row: ReservationRow | null): ReservationRow | undefined {
    if (!row) return undefined;
    const { key_id, day, tokens, nanodollars } = row;
    add.run({ ...none, key_id, day, reserved_tokens: -tokens, reserved_nanodollars: -nanodollars });
    return row;
  }
}
