import { header } from "./headers.ts";

/** A name that begins so has browsers see to it that the cookie came by TLS, from this very host (RFC 6265bis §4.1.3.2). */
export const ofTls = "__Host-";

/** `parley_session_7337`: cookies are kept by host, not by port, and two servers of one machine would take each other's. */
export function cookieNameOf(request: Request, base: string): string {
  const port = /:(\d+)$/.exec(header(request, "host") ?? "")?.[1];
  return port ? `${base}_${port}` : base;
}

/**
 * The value of a cookie that a browser brings. Those of longer paths come first, and ours has the shortest: a page at another
 * port may have put one before it.
 */
export function findCookie(request: Request, name: string): string | undefined {
  return findCookies(request, name).at(-1);
}

/** All of that name, as the browser orders them. */
export function findCookies(request: Request, name: string): string[] {
  const cookies = (header(request, "cookie") ?? "").split(";").map((each) => each.trim());
  return cookies.filter((each) => each.startsWith(`${name}=`)).map((each) => each.slice(name.length + 1));
}
