import { isObject } from "../lib/json.ts";
import { type Cookie, CookieFileError, toCookie } from "./cookie.ts";
import { toExpiry } from "./expiry.ts";

/**
 * An array of cookies, as extensions of browsers export it (`expirationDate`, `hostOnly`), or programs that drive them
 * (`expires`). @throws {CookieFileError}
 */
export function parseCookieList(list: readonly unknown[]): Cookie[] {
  return list.map((entry, index) => {
    const where = `[${index}]`;
    if (!isObject(entry)) throw new CookieFileError(`${where}: expected an object`);
    const { name, value, domain, path, hostOnly, secure, expires, expirationDate, session } = entry;
    return toCookie(
      {
        name,
        value,
        domain,
        path,
        isHostOnly: hostOnly === true,
        isSecure: secure === true,
        expiresAt: session === true ? null : toExpiry(expirationDate ?? expires),
      },
      where,
    );
  });
}
