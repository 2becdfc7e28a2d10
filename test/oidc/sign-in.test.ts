import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session, SignInFailure } from "../../src/protocol/sessions.ts";
import { openApp, type TestApp, type TestAppOptions } from "../support/app.ts";
import { cookieOf } from "../support/cookie.ts";
import { clientId, clientSecret, openIssuer, type TestIssuer, type TestPerson, type Wrong } from "../support/issuer.ts";
import { makeKey } from "../support/keys.ts";

const sessionPath = "/backend-api/v2/session";
const beginPath = `${sessionPath}/oidc`;
const chatsPath = "/backend-api/v2/chats";
const ann: TestPerson = { sub: "1", email: "ann@example.com", email_verified: true };
const bob: TestPerson = { sub: "2", email: "bob@example.com", email_verified: true };

const publicFlagsOf = (issuer: TestIssuer) => ({
  oidc_issuer: issuer.address,
  oidc_client_id: clientId,
  oidc_allowed: "@example.com",
  log_level: "debug",
});
const openWith = (issuer: TestIssuer, { flags, ...more }: TestAppOptions = {}) =>
  openApp({ flags: { ...publicFlagsOf(issuer), oidc_client_secret: clientSecret, ...flags }, ...more });

/** What a browser does, as far as coming back. */
async function leave(app: TestApp, headers: Record<string, string> = {}) {
  const begun = await app.get(`${beginPath}?to=/usage`, { redirect: "manual", headers });
  const cookie = cookieOf(begun);
  const location = begun.headers.get("location") ?? "";
  return { begun, cookie, location };
}

async function authorize(location: string): Promise<URL> {
  const answer = await fetch(location, { redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "");
}

const comeBack = (app: TestApp, { pathname, search }: URL, cookie: string) =>
  app.get(pathname + search, { redirect: "manual", headers: { cookie } });

async function signIn(app: TestApp): Promise<Response> {
  const { cookie, location } = await leave(app);
  return comeBack(app, await authorize(location), cookie);
}

/** The cookies of a browser that has signed in. */
async function enter(app: TestApp, issuer: TestIssuer, person: TestPerson): Promise<Record<string, string>> {
  issuer.person = person;
  const answer = await signIn(app);
  expect(answer.status).toBe(200);
  return { cookie: sessionOf(answer) ?? "", origin: app.origin };
}

function sessionOf(answer: Response): string | undefined {
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  return cookies.find((cookie) => /parley_session.*=./.test(cookie));
}

async function readSession(app: TestApp, headers: Record<string, string>): Promise<Session> {
  return (await app.get(sessionPath, { headers })).json() as Promise<Session>;
}

async function expectFailure(answer: Response, reason: SignInFailure): Promise<void> {
  expect(answer.headers.get("location")).toBe(`/?sign_in=${reason}`);
  expect(answer.status).toBe(302);
  expect(sessionOf(answer)).toBeUndefined();
  expect(await answer.text()).toBe("");
}

describe("signing in by an issuer", () => {
  test("opens a session for whom the settings allow, and tells who it is", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer, { flags: { oidc_admins: "boss@example.com", oidc_name: "Example" } });
    expect(await readSession(app, {})).toMatchObject({ required: true, signed_in: false, oidc: { name: "Example" } });
    expect((await app.get(chatsPath)).status).toBe(401);
    const { begun, cookie, location } = await leave(app);
    expect(begun.headers.get("set-cookie")).toMatch(/; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/);
    expect(new URL(location).searchParams.get("redirect_uri")).toBe(`${app.origin}${beginPath}/callback`);
    const answer = await comeBack(app, await authorize(location), cookie);
    expect(await answer.text()).toContain('content="0;url=/#/usage"');
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const headers = { cookie: sessionOf(answer) ?? "" };
    const session = await readSession(app, headers);
    expect(session).toMatchObject({ signed_in: true, role: "user", name: "ann@example.com" });
    expect(session.owner).toMatch(/^oidc_[0-9a-f]{32}$/);
    expect((await app.get("/backend-api/v2/settings", { headers })).status).toBe(403);
    const boss = await enter(app, issuer, { sub: "9", email: "Boss@Example.com", email_verified: "true" });
    expect(await readSession(app, boss)).toMatchObject({ role: "admin" });
    expect((await app.get("/backend-api/v2/settings", { headers: boss })).status).toBe(200);
    const signedOut = await app.get(sessionPath, { method: "DELETE", headers: boss });
    expect(await signedOut.json()).toMatchObject({ signed_in: false });
    expect((await app.get(chatsPath, { headers: boss })).status).toBe(401);
  });

  test("works with every way of a client to say who it is, and with claims that only userinfo has", async () => {
    for (const clientAuth of ["client_secret_basic", "client_secret_post", "none"] as const) {
      using issuer = await openIssuer({ clientAuth, inUserInfo: ["email", "email_verified"] });
      await using app =
        clientAuth === "none" ? await openApp({ flags: publicFlagsOf(issuer) }) : await openWith(issuer);
      const headers = await enter(app, issuer, ann);
      expect(await readSession(app, headers)).toMatchObject({ name: "ann@example.com" });
      issuer.wrong = { answers: { "/userinfo": () => Response.json({ ...ann, sub: "another" }) } };
      await expectFailure(await signIn(app), "failed");
    }
  });

  test("keeps what people make apart, and shares it with a key of the same owner", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer);
    const [hers, his] = [await enter(app, issuer, ann), await enter(app, issuer, bob)];
    const made = await app.get(chatsPath, { method: "POST", headers: hers, body: JSON.stringify({ chat_id: "c" }) });
    expect(made.status).toBe(201);
    expect((await app.get(`${chatsPath}/c`, { headers: his })).status).toBe(404);
    // She comes back in another browser, under another address.
    const again = await enter(app, issuer, { ...ann, email: "ann.smith@example.com" });
    expect((await app.get(`${chatsPath}/c`, { headers: again })).status).toBe(200);
    const { owner } = await readSession(app, hers);
    const { headers } = await makeKey(app, owner ?? "");
    expect((await app.get(`${chatsPath}/c`, { headers })).status).toBe(200);
  });

  test("ends a session that the settings would not begin any more, and each after its hours", async () => {
    using issuer = await openIssuer();
    const directory = mkdtempSync(join(tmpdir(), "parley-oidc-"));
    let now = Date.now();
    let token = "";
    const usual = { ...publicFlagsOf(issuer), oidc_client_secret: clientSecret };
    const open = (flags: TestAppOptions["flags"] = usual) =>
      openApp({ clock: () => now, flags: { data_dir: directory, ...flags } });
    const status = async (app: TestApp) => {
      const { port } = new URL(app.origin);
      return (await app.get(chatsPath, { headers: { cookie: `parley_session_${port}=${token}` } })).status;
    };
    try {
      {
        await using app = await open();
        const { cookie = "" } = await enter(app, issuer, ann);
        token = cookie.split("=")[1] ?? "";
        expect(await status(app)).toBe(200);
      }
      for (const [flags, expected] of [
        [{ ...usual, oidc_allowed: "bob@example.com" }, 401],
        [{ ...usual, oidc_client_id: "another" }, 401],
        [{ ...usual, oidc_issuer: "http://localhost:1" }, 401],
        [{ access_key: "k".repeat(20) }, 401],
        [{ ...usual, oidc_allowed: "bob@example.com,ann@example.com" }, 200],
      ] as const) {
        await using app = await open(flags);
        expect([flags, await status(app)]).toEqual([flags, expected]);
      }
      await using app = await open();
      now += 167 * 3_600_000;
      expect(await status(app)).toBe(200);
      now += 2 * 3_600_000;
      expect(await status(app)).toBe(401);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("counts as a lock: a server with an issuer may be reached from elsewhere without a key", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer, { flags: { host: "0.0.0.0" } });
    expect((await fetch(`http://127.0.0.1:${new URL(app.origin).port}${chatsPath}`)).status).toBe(401);
  });

  test("is there under the server's public address, with cookies for TLS alone", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer, { flags: { public_url: "https://chat.example.com" } });
    const { begun, location } = await leave(app, { host: "chat.example.com" });
    expect(begun.headers.get("set-cookie")).toMatch(/^__Host-parley_sign_in=.*; SameSite=Lax; Secure$/);
    const redirect = new URL(location).searchParams.get("redirect_uri");
    expect(redirect).toBe(`https://chat.example.com${beginPath}/callback`);
    const { pathname, search } = await authorize(location);
    const headers = { host: "chat.example.com", cookie: cookieOf(begun) };
    const answer = await app.get(pathname + search, { redirect: "manual", headers });
    expect(answer.headers.getSetCookie().at(-1)).toMatch(/^__Host-parley_session=.*; SameSite=Strict; Secure$/);
  });

  test("is not there where no issuer is set", async () => {
    await using app = await openApp();
    expect((await app.get(beginPath)).status).toBe(404);
    expect((await app.get(`${beginPath}/callback?code=1&state=2`)).status).toBe(404);
    expect(await readSession(app, {})).not.toHaveProperty("oidc");
  });

  test("is not begun by a page elsewhere, and goes back to no other place than our page", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer);
    const { begun } = await leave(app, { "sec-fetch-site": "cross-site" });
    expect([begun.headers.get("location"), begun.headers.get("set-cookie")]).toEqual(["/", null]);
    expect((await app.get(beginPath, { method: "HEAD", redirect: "manual" })).headers.get("location")).toBe("/");
    for (const to of [
      "https://evil.example",
      "//evil.example",
      '/"><script>',
      "/\\evil.example",
      "javascript:1",
      "/;url=x",
    ]) {
      const { headers } = await app.get(`${beginPath}?to=${encodeURIComponent(to)}`, { redirect: "manual" });
      const url = await authorize(headers.get("location") ?? "");
      const answer = await comeBack(app, url, cookieOf({ headers }));
      expect(await answer.text()).toContain('content="0;url=/#/"');
    }
  });
});

const nonsense = "<b>no</b>".repeat(10);
const html = (status: number) => () => new Response(nonsense, { status, headers: { "content-type": "text/html" } });
const huge = () => new Response(new Uint8Array(10_000_000), { headers: { "content-type": "application/json" } });
const seconds = (more: number) => Math.floor(Date.now() / 1000) + more;

/** What an answer may be that was not meant for us, or not made by whom it says, and what becomes of it. */
const attacks: Readonly<Record<string, readonly [Wrong, SignInFailure]>> = {
  "a nonce of another sign-in": [{ claims: { nonce: "another" } }, "failed"],
  "no nonce": [{ claims: { nonce: undefined } }, "failed"],
  "another issuer": [{ claims: { iss: "https://evil.example" } }, "failed"],
  "an issuer that begins as ours": [{ claims: { iss: "http://127.0.0.1" } }, "failed"],
  "another client's token": [{ claims: { aud: "another-client" } }, "failed"],
  "another client's token that is ours too": [{ claims: { aud: [clientId, "x"], azp: "x" } }, "failed"],
  "no audience": [{ claims: { aud: undefined } }, "failed"],
  "an expired token": [{ claims: { exp: seconds(-60) } }, "failed"],
  "a token that never expires": [{ claims: { exp: undefined } }, "failed"],
  "a token of the future": [{ claims: { nbf: seconds(600) } }, "failed"],
  "no subject": [{ claims: { sub: undefined } }, "failed"],
  "a subject that is a number": [{ claims: { sub: 1 } }, "failed"],
  "alg none": [{ sign: "none" }, "failed"],
  "HS256 with the public key": [{ sign: "public key as secret" }, "failed"],
  "HS256 with the client's secret": [{ sign: "client secret" }, "failed"],
  "another key of the same name": [{ sign: "another key" }, "failed"],
  "no signature": [{ sign: "cut off" }, "failed"],
  "an unknown key": [{ header: { kid: "unknown" } }, "failed"],
  "a key that the token brings": [
    { sign: "another key", header: { kid: "unknown", jku: "http://127.0.0.1:1/" } },
    "failed",
  ],
  "critical headers": [{ header: { crit: ["x"], x: 1 } }, "failed"],
  "an unknown key while the list of keys is huge": [
    { header: { kid: "unknown" }, answers: { "/keys": huge } },
    "failed",
  ],
  "an unknown key while the list of keys is away": [
    { header: { kid: "unknown" }, answers: { "/keys": html(503) } },
    "unreachable",
  ],
  "mix-up": [{ back: { iss: "https://evil.example" } }, "failed"],
  "another state": [{ back: { state: "another" } }, "expired"],
  "no state": [{ back: { state: "" } }, "expired"],
  "no code": [{ back: { code: "" } }, "failed"],
  "a code of nobody's": [{ back: { code: "made-up" } }, "failed"],
  "a no": [{ back: { code: "", error: "access_denied", error_description: nonsense } }, "denied"],
  "an error": [{ back: { code: "", error: "server_error", error_description: nonsense } }, "failed"],
  "an error that is HTML": [{ back: { code: "", error: nonsense } }, "failed"],
  "a token of the implicit flow": [{ back: { id_token: "x.y.z" } }, "failed"],
  "HTML in place of a token": [{ answers: { "/token": html(200) } }, "failed"],
  "HTML in place of a refusal": [{ answers: { "/token": html(400) } }, "failed"],
  "a server that is down": [{ answers: { "/token": html(502) } }, "unreachable"],
  "10 MB in place of a token": [{ answers: { "/token": huge } }, "failed"],
  "JSON that is cut off": [{ answers: { "/token": () => Response.json('{"id_token":') } }, "failed"],
  "a token's answer without an ID token": [
    { answers: { "/token": () => Response.json({ access_token: "a", token_type: "Bearer" }) } },
    "failed",
  ],
};

describe("an answer that is not what it must be signs nobody in, and says so on the page", () => {
  let issuer: TestIssuer;
  let app: TestApp;
  let now = Date.now();
  beforeAll(async () => {
    issuer = await openIssuer();
    app = await openWith(issuer, { clock: () => now });
    await enter(app, issuer, ann);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    issuer[Symbol.dispose]();
  });
  /** Whoever fails often is slowed down. */
  const minuteLater = () => void (now += 61_000);

  test.each(Object.entries(attacks))("%s", async (_, [wrong, reason]) => {
    minuteLater();
    issuer.wrong = wrong;
    await expectFailure(await signIn(app), reason);
    issuer.wrong = {};
  });

  test("a redirect of the token endpoint is not followed", async () => {
    minuteLater();
    let asked = 0;
    await using canary = Bun.serve({ port: 0, fetch: () => new Response(String(asked++)) });
    issuer.wrong = { answers: { "/token": () => Response.redirect(String(canary.url), 307) } };
    await expectFailure(await signIn(app), "failed");
    issuer.wrong = {};
    expect(asked).toBe(0);
  });

  test("a browser that did not begin it, or began another", async () => {
    minuteLater();
    const [mine, theirs] = [await leave(app), await leave(app)];
    const url = await authorize(theirs.location);
    await expectFailure(await comeBack(app, url, ""), "expired");
    await expectFailure(await comeBack(app, url, mine.cookie), "expired");
    await expectFailure(await comeBack(app, url, `${theirs.cookie.slice(0, -2)}xx`), "expired");
    const [name] = theirs.cookie.split("=");
    await expectFailure(await comeBack(app, url, `${name}=${Buffer.from("{}").toString("base64url")}`), "expired");
    url.searchParams.append("state", url.searchParams.get("state") ?? "");
    await expectFailure(await comeBack(app, url, theirs.cookie), "expired");
  });

  test("a code or an answer that comes again, or late", async () => {
    minuteLater();
    const first = await leave(app);
    const url = await authorize(first.location);
    expect((await comeBack(app, url, first.cookie)).status).toBe(200);
    await expectFailure(await comeBack(app, url, first.cookie), "expired");
    const second = await leave(app);
    const stolen = await authorize(second.location);
    stolen.searchParams.set("code", url.searchParams.get("code") ?? "");
    await expectFailure(await comeBack(app, stolen, second.cookie), "failed");
    const third = await leave(app);
    now += 601_000;
    await expectFailure(await comeBack(app, await authorize(third.location), third.cookie), "expired");
  });

  test.each([
    { email: "eve@example.com.evil.org", email_verified: true },
    { email: "ann@example.com", email_verified: false },
    { email: "ann@example.com" },
    { email: "x@evil.org,y@example.com", email_verified: true },
  ])("somebody whom the settings do not allow: %j", async (claims) => {
    minuteLater();
    issuer.person = { sub: "3", ...claims };
    await expectFailure(await signIn(app), "not_allowed");
    issuer.person = ann;
  });

  test("many of them from one address are looked at one by one, and whoever is right comes in", async () => {
    minuteLater();
    issuer.wrong = { sign: "none" };
    const complaints = () => app.logged.filter((line) => /"warn".*could not be signed in/.test(line)).length;
    const before = complaints();
    for (let count = 0; count < 20; count++) await expectFailure(await signIn(app), "failed");
    expect(complaints() - before).toBe(10);
    issuer.wrong = {};
    const { cookie, location } = await leave(app);
    const url = await authorize(location);
    const held = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    const token = () => {
      asked.resolve();
      return held.promise;
    };
    const slow = await leave(app);
    const slowUrl = await authorize(slow.location);
    issuer.wrong = { answers: { "/token": token } };
    const first = comeBack(app, slowUrl, slow.cookie);
    await asked.promise;
    issuer.wrong = {};
    await expectFailure(await comeBack(app, url, cookie), "busy");
    held.resolve(Response.json({ error: "invalid_grant" }, { status: 400 }));
    await expectFailure(await first, "failed");
    expect((await signIn(app)).status).toBe(200);
  });

  test("and after all of it whoever is right comes in, with a key that the issuer did not have before", async () => {
    minuteLater();
    expect((await signIn(app)).status).toBe(200);
    await issuer.rotate();
    const before = issuer.requests.filter((path) => path === "/keys").length;
    expect((await signIn(app)).status).toBe(200);
    expect((await signIn(app)).status).toBe(200);
    expect(issuer.requests.filter((path) => path === "/keys").length).toBe(before + 1);
    const logged = app.logged.join("\n");
    expect(logged).toContain("somebody could not be signed in");
    for (const secret of ["eyJ", clientSecret, "made-up", nonsense, "ann@example.com"])
      expect(logged).not.toContain(secret);
  });
});

/** What an issuer may be at all. */
const issuers: Readonly<Record<string, readonly [Wrong, SignInFailure]>> = {
  "goes by another name": [{ metadata: { issuer: "https://evil.example" } }, "failed"],
  "is HTML": [{ answers: { "/.well-known/openid-configuration": html(200) } }, "failed"],
  "is away": [{ answers: { "/.well-known/openid-configuration": html(503) } }, "unreachable"],
  "says 10 MB of itself": [{ answers: { "/.well-known/openid-configuration": huge } }, "failed"],
};

describe("an issuer that", () => {
  test.each(Object.entries(issuers))(
    "%s leads nobody anywhere, until it is right again",
    async (_, [wrong, reason]) => {
      using issuer = await openIssuer();
      await using app = await openWith(issuer);
      issuer.wrong = wrong;
      await expectFailure(await app.get(beginPath, { redirect: "manual" }), reason);
      issuer.wrong = {};
      expect((await signIn(app)).status).toBe(200);
    },
  );

  test("has its token endpoint elsewhere without TLS is sent no code", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer);
    issuer.wrong = { metadata: { token_endpoint: "http://192.0.2.1/token" } };
    await expectFailure(await signIn(app), "failed");
  });

  test("offers alg none is not believed", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer);
    const metadata = { id_token_signing_alg_values_supported: ["RS256", "none", "HS256"] };
    for (const sign of ["none", "public key as secret", "client secret"] as const) {
      issuer.wrong = { metadata, sign };
      await expectFailure(await signIn(app), "failed");
    }
  });

  test("never answers holds up nobody but those who come from it", async () => {
    using issuer = await openIssuer();
    await using app = await openWith(issuer);
    const held = Promise.withResolvers<void>();
    const refuse = () => Response.json({ error: "invalid_grant" }, { status: 400 });
    issuer.wrong = { answers: { "/token": () => held.promise.then(refuse) } };
    const coming = Array.from({ length: 20 }, () => signIn(app));
    while (issuer.requests.filter((path) => path === "/token").length < 16) await Bun.sleep(5);
    expect((await app.get("/healthz")).status).toBe(200);
    // So many at once, and no more.
    expect(issuer.requests.filter((path) => path === "/token").length).toBe(16);
    held.resolve();
    for (const answer of await Promise.all(coming)) expect(answer.headers.get("location")).toMatch(/^\/\?sign_in=/);
  });
});
