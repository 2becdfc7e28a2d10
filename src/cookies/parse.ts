import { arrayAt, at, tryParseJson } from "../lib/json.ts";
import { type Cookie, CookieFileError } from "./cookie.ts";
import { parseHar } from "./har.ts";
import { parseCookieList } from "./json.ts";
import { parseNetscape } from "./netscape.ts";

/** More of one domain than browsers keep: all of them that fit go along with each request. */
const maxOfDomain = 200;
const maxDomains = 300;
/** Of all names and values. A browser with everything that it has stays below; more would hold up the database. */
const maxLength = 2 * 1024 * 1024;

/**
 * The cookies of a file, whatever its name: a list as JSON, a HAR, or `cookies.txt`. Of those of one domain, name and path
 * the last one counts; what has expired is left out.
 *
 * @throws {CookieFileError} that says what is wrong, and where
 */
export function parseCookieFile(bytes: Uint8Array, now: number): Map<string, Cookie[]> {
  const latest = new Map(parseAny(bytes).map((cookie) => [identity(cookie), cookie]));
  const domains = Map.groupBy(
    [...latest.values()].filter(({ expiresAt }) => expiresAt === null || expiresAt > now),
    ({ domain }) => domain,
  );
  if (domains.size === 0) throw new CookieFileError("it holds no cookie that has not expired");
  if (domains.size > maxDomains) throw new CookieFileError(`it holds cookies of more than ${maxDomains} domains`);
  for (const [domain, { length }] of domains)
    if (length > maxOfDomain) throw new CookieFileError(`it holds more than ${maxOfDomain} cookies of ${domain}`);
  const length = [...domains.values()].flat().reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (length > maxLength) throw new CookieFileError("its cookies have more than 2 MiB together");
  return domains;
}

function parseAny(bytes: Uint8Array): Cookie[] {
  const text = decode(bytes);
  const json = tryParseJson(text);
  if (Array.isArray(json)) return parseCookieList(json);
  if (Array.isArray(at(json, "log", "entries"))) return parseHar(json);
  // What programs that drive browsers save beside their pages' storage.
  if (Array.isArray(at(json, "cookies"))) return parseCookieList(arrayAt(json, "cookies"));
  if (json !== undefined) throw new CookieFileError("its JSON is neither a list of cookies nor a HAR");
  if (/^\s*[[{]/.test(text)) throw new CookieFileError("it is not valid JSON");
  if (!text.includes("\t")) throw new CookieFileError("it is neither JSON, nor a HAR, nor a cookies.txt");
  return parseNetscape(text);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CookieFileError("it is not text in UTF-8");
  }
}

function identity({ domain, name, path }: Cookie): string {
  return JSON.stringify([domain, path, name]);
}
