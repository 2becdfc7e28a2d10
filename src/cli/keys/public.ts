import { toTime } from "../../lib/clock.ts";
import type { AccessKeyRow } from "../../store/access-keys.ts";

/** What may be shown of a key: all but what it is compared with. */
export function toPublic({ digest: _, created_at, expires_at, revoked_at, ...row }: AccessKeyRow) {
  const isExpired = expires_at !== null && expires_at <= Date.now();
  return {
    ...row,
    state: revoked_at !== null ? "revoked" : isExpired ? "expired" : "usable",
    created_at: toTime(created_at),
    expires_at: toTime(expires_at),
    revoked_at: toTime(revoked_at),
  };
}
