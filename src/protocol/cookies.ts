import { Type, type Static } from "@sinclair/typebox";

/** How many cookies of a domain were taken, or deleted. */
export const DomainCookies = Type.Object({ domain: Type.String(), cookies: Type.Integer() });

/** What an upload of cookies has put into force. */
export const CookieUpload = Type.Object({
  file: Type.String(),
  domains: Type.Array(DomainCookies),
});
export type CookieUpload = Static<typeof CookieUpload>;

const time = Type.Union([Type.String(), Type.Null()]);

/** The cookies of a domain, without their names and values. Times are ISO 8601. */
export const CookieDomain = Type.Object({
  domain: Type.String(),
  cookies: Type.Integer(),
  /** When the first and the last of those expire that do; null where none does. */
  first_expiry: time,
  last_expiry: time,
  uploaded_at: Type.String(),
  /** Whether the key is there that they were encrypted with; without it they are sent to nobody. */
  readable: Type.Boolean(),
});
export type CookieDomain = Static<typeof CookieDomain>;

/** Every domain that there are cookies of. */
export const CookieList = Type.Object({ domains: Type.Array(CookieDomain) });
export type CookieList = Static<typeof CookieList>;
