import { digestOf } from "../../src/lib/digest.ts";
import type { AccessKeyRow } from "../../src/store/access-keys.ts";
import type { TestApp } from "./app.ts";

export interface TestKey {
  readonly id: string;
  readonly key: string;
  /** What sends it. */
  readonly headers: { readonly authorization: string };
}

/** An access key, made while the server runs. */
export async function makeKey(app: TestApp, owner: string, more: Partial<AccessKeyRow> = {}): Promise<TestKey> {
  const key = `pk_${Bun.randomUUIDv7()}`;
  const row: AccessKeyRow = {
    id: `key_${Bun.randomUUIDv7()}`,
    name: `${owner} ${key}`,
    owner,
    role: "user",
    digest: digestOf(key),
    created_at: Date.now(),
    expires_at: null,
    revoked_at: null,
    tokens_per_day: null,
    cost_per_day: null,
    ...more,
  };
  await app.services.store.accessKeys.insert(row);
  return { id: row.id, key, headers: { authorization: `Bearer ${key}` } };
}
