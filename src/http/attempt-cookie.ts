import { cookieNameOf, findCookie, ofTls } from "./own-cookies.ts";

/**
 * What a browser keeps between leaving for its issuer and coming back. Requests that another site leads to bring it along, as
 * it is such a one that comes back (`SameSite=Lax`); over TLS no other host and no page without TLS can set one.
 */
function nameOf(request: Request, isSecure: boolean): string {
  const name = cookieNameOf(request, "parley_sign_in");
  return isSecure ? ofTls + name : name;
}

export function readAttemptCookie(request: Request, isSecure: boolean): string | undefined {
  return findCookie(request, nameOf(request, isSecure));
}

/** Empty, it goes. */
export function writeAttemptCookie(request: Request, isSecure: boolean, value: string, maxAgeSeconds: number): string {
  const maxAge = value === "" ? 0 : maxAgeSeconds;
  const secure = isSecure ? "; Secure" : "";
  return `${nameOf(request, isSecure)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
