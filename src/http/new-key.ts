import { digestOf } from "../lib/digest.ts";
import { createId, createRandomToken } from "../lib/ids.ts";
import type { AccessKeyRow } from "../store/access-keys.ts";

export interface CreatedKey {
  /** To be shown once: what is kept is its digest. */
  readonly key: string;
  readonly row: AccessKeyRow;
}

/** What one is made of; what is left out has no end, and the limits of the settings. */
export type KeyTerms = Pick<AccessKeyRow, "name" | "owner" | "role"> &
  Partial<Omit<AccessKeyRow, "id" | "digest" | "created_at" | "revoked_at">>;

/** An access key of 256 random bits. */
export function createKey(terms: KeyTerms, now: number): CreatedKey {
  const key = `pk_${createRandomToken()}`;
  const row = {
    id: createId("key"),
    digest: digestOf(key),
    created_at: now,
    expires_at: null,
    revoked_at: null,
    tokens_per_day: null,
    cost_per_day: null,
    requests_per_minute: null,
    runs_per_minute: null,
    max_runs: null,
    ...terms,
  };
  return { key, row };
}
