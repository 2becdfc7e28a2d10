import { arrayAt, at, textAt } from "../lib/json.ts";
import { type Cookie, CookieFileError, toCookie, toDomain } from "./cookie.ts";
import { toExpiry } from "./expiry.ts";
import { isUnder } from "./match.ts";

/**
 * A HAR, what a browser's network log is saved as (HAR 1.2): the cookies that its requests sent, and those that answers
 * set; what comes later counts. Most of such a file is none of our business, and what is odd in it is passed over.
 */
export function parseHar(har: unknown): Cookie[] {
  return arrayAt(har, "log", "entries").flatMap((entry) => {
    const address = textAt(entry, "request", "url") ?? "";
    if (!URL.canParse(address)) return [];
    const url = new URL(address);
    const listed = arrayAt(entry, "request", "cookies");
    const sent = listed.length > 0 ? listed : sentInHeader(arrayAt(entry, "request", "headers"));
    const set = arrayAt(entry, "response", "cookies");
    return [...sent, ...set].flatMap((cookie) => readCookie(cookie, url));
  });
}

/** An answer that removes a cookie sets it with a date that is past, so it is one that has expired. */
function readCookie(entry: unknown, { hostname, protocol }: URL): Cookie[] {
  const named = textAt(entry, "domain") ?? "";
  const host = toDomain(hostname) ?? "";
  const domain = named === "" ? host : toDomain(named);
  // A site may set cookies for itself, and for what it stands below (RFC 6265 §5.3).
  if (domain === undefined || !isUnder(host, domain)) return [];
  const raw = {
    name: at(entry, "name"),
    value: at(entry, "value"),
    domain,
    path: at(entry, "path"),
    isHostOnly: named === "" || (domain === host && !named.startsWith(".")),
    // Not every browser says so. What was sent over an encrypted connection goes over no other.
    isSecure: at(entry, "secure") === true || protocol === "https:",
    expiresAt: toExpiry(at(entry, "expires")),
  };
  try {
    return [toCookie(raw, "")];
  } catch (thrown) {
    if (thrown instanceof CookieFileError) return [];
    throw thrown;
  }
}

function sentInHeader(headers: readonly unknown[]): { readonly name: string; readonly value: string }[] {
  return headers
    .filter((each) => textAt(each, "name")?.toLowerCase() === "cookie")
    .flatMap((each) => (textAt(each, "value") ?? "").split(";"))
    .flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1 ? [] : [{ name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }];
    });
}
