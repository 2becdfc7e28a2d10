import { ipOf, parseHostPort } from "../lib/host-port.ts";

/** A cookie as a browser keeps one (RFC 6265 §5.3). */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** In lower case and ASCII, without a dot before it. */
  readonly domain: string;
  /** Whether it goes to that host alone, and not to those below. */
  readonly isHostOnly: boolean;
  readonly path: string;
  /** Whether it goes over encrypted connections alone. */
  readonly isSecure: boolean;
  /** Milliseconds since 1970; null where it stays until it is replaced. */
  readonly expiresAt: number | null;
}

/** A file of cookies is not what it should be: the message says where, and never quotes it. */
export class CookieFileError extends Error {}

/** What a file says of a cookie, before it is judged. */
export interface RawCookie {
  readonly name: unknown;
  readonly value: unknown;
  readonly domain: unknown;
  readonly path?: unknown;
  readonly isHostOnly: boolean;
  readonly isSecure: boolean;
  readonly expiresAt: number | null;
}

/** Most characters of a name and a value together, as browsers have it (RFC 6265bis §5.6). */
const maxLength = 4096;
const maxPathLength = 1024;

/** @throws {CookieFileError} that begins with `where` */
export function toCookie(raw: RawCookie, where: string): Cookie {
  const { name, value, path } = raw;
  const expected = (field: string, what: string) => new CookieFileError(`${where}.${field}: expected ${what}`);
  if (typeof name !== "string" || !isSendable(name) || name.includes("="))
    throw expected("name", "text without control characters, ; and =");
  if (typeof value !== "string" || !isSendable(value)) throw expected("value", "text without control characters and ;");
  if (name + value === "") throw expected("name", "text");
  if (name.length + value.length > maxLength)
    throw expected("value", `at most ${maxLength} characters together with the name`);
  const domain = typeof raw.domain === "string" ? toDomain(raw.domain) : undefined;
  if (domain === undefined) throw expected("domain", "a host such as example.com");
  return {
    name,
    value,
    domain,
    // Below a top-level domain are everybody's hosts, and below an IP address are none (RFC 6265 §5.1.3, §5.3).
    isHostOnly: raw.isHostOnly || !domain.includes(".") || ipOf(domain) !== undefined,
    path: typeof path === "string" && path.startsWith("/") && path.length <= maxPathLength ? path : "/",
    isSecure: raw.isSecure,
    expiresAt: raw.expiresAt,
  };
}

/** As `Cookie.domain`; `undefined` for what is no host. */
export function toDomain(text: string): string | undefined {
  const parsed = text.length > 255 ? undefined : parseHostPort(text.trim().replace(/^\./, ""));
  return parsed?.port === undefined ? parsed?.host : undefined;
}

function isSendable(text: string): boolean {
  return !/[\p{Cc};]/u.test(text) && text === text.trim() && text.isWellFormed();
}
