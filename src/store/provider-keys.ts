import type { Database } from "bun:sqlite";
import { ApiError } from "../protocol/errors.ts";
import { headBytes, keyCure, type Secrets } from "./secrets.ts";
import type { Writer } from "./writer.ts";

/** The key of a provider that somebody entered while the server ran. */
export interface ProviderKeyRow {
  /** The provider's name in the registry. */
  readonly provider: string;
  /** The key, sealed: it is read by nobody but who sends it to that provider. */
  readonly sealed: Uint8Array;
  readonly saved_at: number;
}

/** What may be told of it. */
export interface ProviderKeyInfo extends Omit<ProviderKeyRow, "sealed"> {
  /** Whether the key is here that it was sealed with. */
  readonly isReadable: boolean;
}

export interface ProviderKeyTable {
  /** Puts it in the place of the one before. @throws {ApiError} `wrong_secret_key` */
  save(provider: string, key: string, savedAt: number): Promise<void>;
  list(): Promise<ProviderKeyInfo[]>;
  /** `undefined` where there is none, or it cannot be opened. */
  open(provider: string): Promise<string | undefined>;
  /** Gives whether there was one. */
  remove(provider: string): Promise<boolean>;
  /** Changes with every write to the table, whoever made it. */
  version(): string;
}

export function openProviderKeyTable(database: Database, writer: Writer, secrets: Secrets): ProviderKeyTable {
  const save = database.query(
    "INSERT OR REPLACE INTO provider_keys (provider, sealed, saved_at) VALUES ($provider, $sealed, $saved_at)",
  );
  const list = database.query<ProviderKeyRow, []>(
    `SELECT provider, substr(sealed, 1, ${headBytes}) AS sealed, saved_at FROM provider_keys ORDER BY provider`,
  );
  const find = database.query<ProviderKeyRow, [string]>(
    "SELECT provider, sealed, saved_at FROM provider_keys WHERE provider = ?",
  );
  const remove = database.query("DELETE FROM provider_keys WHERE provider = ?");
  const version = database.query<{ version: string }, []>(
    "SELECT coalesce(group_concat(provider || ' ' || saved_at, ','), '') AS version FROM provider_keys",
  );

  return {
    async save(provider, key, savedAt) {
      const row: ProviderKeyRow = {
        provider,
        sealed: await secrets.seal(place(provider), key),
        saved_at: savedAt,
      };
      await writer.write(() => {
        // With two keys some would be lost whichever of them is there.
        const lost = list.all().filter((each) => each.provider !== provider && !secrets.hasKeyOf(each.sealed));
        if (lost.length > 0) throw lostKey(lost);
        save.run({ ...row });
      });
    },
    list: async () => list.all().map(({ sealed, ...row }) => ({ ...row, isReadable: secrets.hasKeyOf(sealed) })),
    async open(provider) {
      const row = find.get(provider);
      return row ? (await secrets.open(place(provider), row.sealed))?.toString() : undefined;
    },
    remove: (provider) => writer.write(() => remove.run(provider).changes > 0),
    version: () => version.get()?.version ?? "",
  };
}

function place(provider: string): string {
  return `provider_keys/${provider}`;
}

function lostKey(rows: readonly { readonly provider: string }[]): ApiError {
  const names = rows.map(({ provider }) => provider).join(", ");
  return new ApiError(
    "wrong_secret_key",
    `the keys of ${names} were encrypted with a key that is not here: ${keyCure}, or remove them`,
  );
}
