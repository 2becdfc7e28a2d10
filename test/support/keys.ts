import { createKey, type KeyTerms } from "../../src/http/new-key.ts";
import type { TestApp } from "./app.ts";

export interface TestKey {
  readonly id: string;
  readonly key: string;
  /** What sends it. */
  readonly headers: { readonly authorization: string };
}

/** An access key, made while the server runs. */
export async function makeKey(app: TestApp, owner: string, more: Partial<KeyTerms> = {}): Promise<TestKey> {
  const terms = { name: `${owner} ${Bun.randomUUIDv7()}`, owner, role: "user", ...more } as const;
  const { key, row } = createKey(terms, Date.now());
  await app.services.store.accessKeys.insert(row);
  return { id: row.id, key, headers: { authorization: `Bearer ${key}` } };
}
