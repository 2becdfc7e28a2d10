import type { NewCookies } from "../store/cookies.ts";
import type { Cookie } from "./cookie.ts";

/** The cookies of a domain, as they are kept. */
export function toRow(domain: string, cookies: readonly Cookie[], uploadedAt: number): NewCookies {
  const expiries = cookies.flatMap(({ expiresAt }) => expiresAt ?? []);
  return {
    domain,
    json: JSON.stringify(cookies),
    cookies: cookies.length,
    first_expiry: expiries.length === 0 ? null : Math.min(...expiries),
    last_expiry: expiries.length === 0 ? null : Math.max(...expiries),
    uploaded_at: uploadedAt,
  };
}
