import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { createRandomToken } from "../lib/ids.ts";
import type { SessionTable } from "../store/sessions.ts";

/** What browsers bring in place of a key, so that no script of a page ever holds one. */
export interface Sessions {
  /**
   * Begins one with a key that was judged, or for a person whom an issuer has vouched for; what it gives is told to the
   * browser alone.
   */
  open(keyId: string, keyDigest: Uint8Array, person?: SessionPerson): Promise<string>;
  /** The key that a token stands for, while it is used now and then. */
  find(token: string): SessionKey | undefined;
  close(token: string): Promise<void>;
  /** Removes some of those that are over, and gives their number. */
  sweep(now: number): Promise<number>;
}

/** Whoever was signed in without a key. */
export interface SessionPerson {
  /** JSON: what the issuer said of them. */
  readonly claims: string;
  /** When the issuer is to be asked again. */
  readonly endsAt: number;
}

export interface SessionKey {
  readonly keyId: string;
  /** Null where there is a key. */
  readonly claims: string | null;
  /** Whether it was begun with the key of that digest. */
  isOf(keyDigest: Uint8Array): boolean;
}

/** When it was used is written no more often: every request would be a write. */
const touchMs = 60 * 60_000;

/** @param keepMs how long one lasts without being used */
export function createSessions(table: SessionTable, clock: Clock, keepMs: number): Sessions {
  return {
    async open(keyId, keyDigest, person) {
      const token = createRandomToken();
      const now = clock();
      const proof = proofOf(token, keyDigest);
      await table.insert({
        digest: digestOf(token),
        key_id: keyId,
        proof,
        created_at: now,
        used_at: now,
        claims: person?.claims ?? null,
        ends_at: person?.endsAt ?? null,
      });
      return token;
    },
    find(token) {
      const now = clock();
      const row = table.find(digestOf(token), now - keepMs);
      if (!row || (row.ends_at !== null && row.ends_at <= now)) return undefined;
      // What cannot be written now is written with the next request.
      if (now - row.used_at > touchMs) void table.touch(row.digest, now).catch(() => {});
      return {
        keyId: row.key_id,
        claims: row.claims,
        isOf: (keyDigest) => timingSafeEqual(proofOf(token, keyDigest), row.proof),
      };
    },
    close: (token) => table.remove(digestOf(token)),
    sweep: (now) => table.removeBefore(now - keepMs),
  };
}

function proofOf(token: string, keyDigest: Uint8Array): Uint8Array {
  return digestOf(`${token}.${keyDigest.toHex()}`);
}
