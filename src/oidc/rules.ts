import { at, type JsonObject } from "../lib/json.ts";

/** Who is meant: everybody, one e-mail address, all of a domain, or whoever has a value in a claim. */
export type Rule =
  | { readonly kind: "everybody" }
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "domain"; readonly domain: string }
  | { readonly kind: "claim"; readonly claim: string; readonly value: string };

/** What an issuer says of a person. */
export type Claims = JsonObject;

/** `*`, `ann@example.com`, `@example.com`, `groups=ai-users`; `undefined` for what is none of these. */
export function parseRule(text: string): Rule | undefined {
  if (text === "*") return { kind: "everybody" };
  // A value may have more of them: groups=cn=ai,ou=teams.
  const [, claim, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (claim !== undefined && value !== undefined) return { kind: "claim", claim, value };
  if (text.startsWith("@")) {
    const domain = lowerCase(text.slice(1));
    return domainPattern.test(domain) ? { kind: "domain", domain } : undefined;
  }
  const address = parseAddress(text);
  return address && { kind: "address", address: address.whole };
}

/**
 * Whether one of the rules means whom these claims are about. An e-mail address counts where the issuer says that it has
 * verified it, and only there: elsewhere people may have typed in any.
 */
export function isMeant(rules: readonly Rule[], claims: Claims): boolean {
  const email = isVerified(claims) ? parseAddress(claims.email) : undefined;
  return rules.some((rule) => {
    switch (rule.kind) {
      case "everybody":
        return true;
      case "address":
        return email?.whole === rule.address;
      case "domain":
        return email?.domain === rule.domain;
      case "claim":
        return holds(findClaim(claims, rule.claim), rule.value);
    }
  });
}

/** The claims that the rules look at. */
export function claimsOf(rules: readonly Rule[]): string[] {
  const names = rules.flatMap((rule) => {
    if (rule.kind === "everybody") return [];
    return rule.kind === "claim" ? [rule.claim] : ["email", "email_verified"];
  });
  return [...new Set(names)];
}

/** Under its own name, else along its dots: `realm_access.roles`. */
export function findClaim(claims: Claims, name: string): unknown {
  return at(claims, name) ?? at(claims, ...name.split("."));
}

/** A claim is one value, or a list of them. */
function holds(claim: unknown, value: string): boolean {
  if (Array.isArray(claim)) return claim.some((each) => !Array.isArray(each) && holds(each, value));
  return (
    (typeof claim === "string" || typeof claim === "number" || typeof claim === "boolean") && String(claim) === value
  );
}

/** Some issuers say it as a text. */
function isVerified({ email_verified: verified }: Claims): boolean {
  return verified === true || verified === "true";
}

interface Address {
  readonly whole: string;
  readonly domain: string;
}

const domainPattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** One address and nothing beside it: no list, no name in front, no quotes, no comment. */
const addressPattern = /^([^\s@,;:<>()[\]"\\\p{C}]+)@([^@]+)$/u;

function parseAddress(email: unknown): Address | undefined {
  const [, local, host] = (typeof email === "string" && addressPattern.exec(email)) || [];
  if (local === undefined || host === undefined) return undefined;
  const domain = lowerCase(host);
  return domainPattern.test(domain) ? { whole: `${lowerCase(local)}@${domain}`, domain } : undefined;
}

/** Of ASCII alone: there are signs elsewhere whose small letter is one of ASCII's, such as that of Kelvin. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
