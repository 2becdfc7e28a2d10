import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { createPeople, ownerOf, toKept } from "../../src/oidc/people.ts";
import { type Claims, isMeant, parseRule } from "../../src/oidc/rules.ts";
import { root } from "../support/command.ts";

const mail = (email: unknown, email_verified: unknown = true): Claims => ({ email, email_verified });
const isLetIn = (rule: string, claims: Claims) => {
  const parsed = parseRule(rule);
  if (!parsed) throw new Error(`${rule} is no rule`);
  return isMeant([parsed], claims);
};

/** A rule, what an issuer says, and whether it means them. */
const cases: readonly (readonly [string, Claims, boolean])[] = [
  ["*", {}, true],
  ["ann@example.com", mail("ann@example.com"), true],
  ["Ann@Example.COM", mail("aNN@eXample.com"), true],
  ["ann@example.com", mail("ann@example.com", "true"), true],
  ["ann@example.com", mail("ann@example.com", false), false],
  ["ann@example.com", mail("ann@example.com", "false"), false],
  ["ann@example.com", mail("ann@example.com", 1), false],
  ["ann@example.com", { email: "ann@example.com" }, false],
  ["ann@example.com", mail("ann@example.com "), false],
  ["ann@example.com", mail(["ann@example.com"]), false],
  ["ann@example.com", mail("joann@example.com"), false],
  ["@example.com", mail("ann@example.com"), true],
  ["@Example.com", mail("ann+x@EXAMPLE.com"), true],
  ["@example.com", mail("müller@example.com"), true],
  ["@example.com", mail("eve@example.com.evil.org"), false],
  ["@example.com", mail("eve@evilexample.com"), false],
  ["@example.com", mail("eve@sub.example.com"), false],
  ["@example.com", mail("x@evil.org,y@example.com"), false],
  ["@example.com", mail("x@evil.org y@example.com"), false],
  ["@example.com", mail("x@evil.org\ny@example.com"), false],
  ["@example.com", mail('"x@evil.org"@example.com'), false],
  ["@example.com", mail("x@evil.org@example.com"), false],
  ["@example.com", mail("Ann <ann@example.com>"), false],
  ["@example.com", mail("ann@example.com\0"), false],
  ["@example.com", mail("ann@example.com."), false],
  ["@example.com", mail("@example.com"), false],
  ["@example.com", mail("ann"), false],
  // The sign of Kelvin, which becomes a small k, and a Cyrillic a.
  ["@kelvin.com", mail("ann@\u212aelvin.com"), false],
  ["@example.com", mail("ann@ex\u0430mple.com"), false],
  ["groups=ai-users", { groups: ["x", "ai-users"] }, true],
  ["groups=ai-users", { groups: "ai-users" }, true],
  ["groups=ai-users", { groups: "x ai-users" }, false],
  ["groups=ai-users", { groups: ["AI-users"] }, false],
  ["groups=ai-users", { groups: [["ai-users"]] }, false],
  ["groups=cn=ai,ou=teams", { groups: ["cn=ai,ou=teams"] }, true],
  ["realm_access.roles=ai", { realm_access: { roles: ["ai"] } }, true],
  ["https://example.com/roles=ai", { "https://example.com/roles": ["ai"] }, true],
  ["is_staff=true", { is_staff: true }, true],
  ["constructor.name=Object", {}, false],
  ["email=ann@example.com", { email: "ann@example.com" }, true],
];

describe("who may come in", () => {
  test.each(cases)("%s, and %j: %p", (rule, claims, expected) => {
    expect(isLetIn(rule, claims)).toBe(expected);
  });

  test("is no rule where it could mean nobody, or another than it seems", () => {
    for (const text of ["", "ann", "@", "@exa mple.com", "@a@b.c", "a@b.c,d@e.f", "=x", "x=", "@-.com", "**"])
      expect([text, parseRule(text)]).toEqual([text, undefined]);
  });
});

describe("whose everything is that a person makes", () => {
  test("is the issuer's name for them, which is another one's at another issuer", () => {
    const person = { iss: "https://a.example", sub: "1", claims: {} };
    expect(ownerOf(person)).toBe(ownerOf({ ...person, claims: { email: "new@example.com" } }));
    const others = [
      { ...person, sub: "2" },
      { ...person, iss: "https://b.example" },
      { ...person, iss: "https://a.example1", sub: "" },
    ];
    expect(new Set([person, ...others].map(ownerOf)).size).toBe(4);
  });

  test("is kept with what decides, and nothing else of them", () => {
    const settings = { oidc_issuer: "https://a.example", oidc_client_id: "c" };
    const people = createPeople({ ...settings, oidc_allowed: ["realm_access.roles=ai"], oidc_admins: ["groups=boss"] });
    const claims = { realm_access: { roles: ["ai"] }, groups: ["x"], phone: "1", name: "Ann\u202e\0" };
    const kept = toKept({ iss: "i", sub: "s", claims }, people.wanted);
    expect(JSON.parse(kept)).toEqual({ name: "Ann", claims: { realm_access: { roles: ["ai"] }, groups: ["x"] } });
    expect(people.judge("o", kept)).toEqual({ owner: "o", keyId: "o", role: "user", name: "Ann" });
    for (const broken of ["", "{", "[]", "null", '{"claims":[]}']) expect(people.judge("o", broken)).toBeUndefined();
    const tooLong = { groups: ["x".repeat(40_000)] };
    expect(() => toKept({ iss: "i", sub: "s", claims: tooLong }, people.wanted)).toThrow("longer than");
  });
});

const issuer = { oidc_issuer: "https://id.example.com", oidc_client_id: "parley", oidc_allowed: "*" };

/** Settings that a server does not start with, and what it says. */
const refused: readonly (readonly [Record<string, string>, string])[] = [
  [{ oidc_issuer: "https://id.example.com", oidc_client_id: "parley" }, "nobody could sign in"],
  [{ oidc_issuer: "https://id.example.com", oidc_allowed: "*" }, "oidc_client_id is not"],
  [{ oidc_allowed: "*" }, "oidc_allowed says nothing without oidc_issuer"],
  [{ ...issuer, oidc_issuer: "http://id.example.com" }, "must begin with https:"],
  [{ ...issuer, oidc_issuer: "http://127.0.0.1.evil.org" }, "must begin with https:"],
  [{ ...issuer, oidc_issuer: "file:///etc/passwd" }, "no address such as"],
  [{ ...issuer, oidc_issuer: "https://u:p4ssword@id.example.com" }, "no address such as"],
  [{ ...issuer, oidc_issuer: "https://id.example.com?x" }, "no address such as"],
  [{ ...issuer, oidc_scopes: "email" }, "has no openid"],
  [{ ...issuer, oidc_allowed: "example.com" }, 'oidc_allowed holds "example.com"'],
  [{ ...issuer, oidc_admins: "*" }, "would make everybody an admin"],
];

describe("settings of an issuer", () => {
  test("stand in the documentation as they can be used", async () => {
    const text = await Bun.file(join(root, "src/help/security.md")).text();
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => yaml);
    const about = examples.filter((yaml) => yaml.includes("oidc_issuer"));
    expect(about.length).toBeGreaterThanOrEqual(4);
    const path = join(mkdtempSync(join(tmpdir(), "parley-oidc-")), "parley.yaml");
    for (const yaml of about) {
      await Bun.write(path, yaml);
      const environment = { HOME: "/nowhere", OIDC_CLIENT_SECRET: "a-secret-of-ours" };
      expect(loadConfig({ environment, flags: { config: path } }).oidc_client_secret).toBe("a-secret-of-ours");
    }
    rmSync(dirname(path), { recursive: true });
  });

  test.each(refused)("%j are refused: %s", (flags, said) => {
    const load = () => loadConfig({ environment: { HOME: "/nowhere" }, flags });
    expect(load).toThrow(said);
    expect(load).not.toThrow("p4ssword");
  });

  test("are taken where somebody could sign in", () => {
    for (const more of [
      {},
      { oidc_allowed: "", oidc_admins: "boss@example.com" },
      { oidc_issuer: "http://localhost:8080/realms/a" },
    ])
      expect(loadConfig({ environment: { HOME: "/nowhere" }, flags: { ...issuer, ...more } }).oidc_client_id).toBe(
        "parley",
      );
  });
});
