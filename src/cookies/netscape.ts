import { type Cookie, CookieFileError, toCookie } from "./cookie.ts";
import { toExpiry } from "./expiry.ts";

/** What stands before the domain of a cookie that scripts may not read: to others it looks like a comment. */
const httpOnly = "#HttpOnly_";

/**
 * `cookies.txt`, as curl, wget and extensions of browsers write it: domain, whether hosts below are meant, path, whether it
 * is secure, expiry in seconds, name, value, with tabs between. @throws {CookieFileError}
 */
export function parseNetscape(text: string): Cookie[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const isComment = line.startsWith("#") && !line.startsWith(httpOnly);
    if (isComment || line.trim() === "") return [];
    const where = `line ${index + 1}`;
    const [domain = "", below, path, secure, expires, name, ...value] = line
      .slice(line.startsWith(httpOnly) ? httpOnly.length : 0)
      .split("\t");
    const areFlags = [below, secure].every((flag) => /^(TRUE|FALSE)$/i.test(flag ?? ""));
    if (!areFlags || name === undefined)
      throw new CookieFileError(`${where}: expected the seven fields of cookies.txt, with tabs between`);
    return [
      toCookie(
        {
          name,
          value: value.join("\t"),
          domain,
          path,
          isHostOnly: below?.toUpperCase() === "FALSE",
          isSecure: secure?.toUpperCase() === "TRUE",
          expiresAt: toExpiry(expires),
        },
        where,
      ),
    ];
  });
}
