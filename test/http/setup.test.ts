import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVariables } from "../../src/config/process.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { bareEnvironment, fromSource } from "../support/command.ts";
import { cookieOf } from "../support/cookie.ts";
import { makeKey } from "../support/keys.ts";

const setupPath = "/backend-api/v2/setup";
const runsPath = "/backend-api/v2/runs";
const flags = { setup: "true", host: "0.0.0.0" } as const;

const claim = (app: { readonly origin: string }, token: string, name = "ann", headers: Record<string, string> = {}) =>
  fetch(local(app.origin) + setupPath, { method: "POST", body: JSON.stringify({ token, name }), headers });
const local = (origin: string) => origin.replace("0.0.0.0", "127.0.0.1");
const status = async (app: TestApp, path: string, init: RequestInit = {}) =>
  (await fetch(local(app.origin) + path, init)).status;

test("a server that is to be set up is closed but for its page, until the first key is made; then it is as any other", async () => {
  await using app = await openApp({ flags });
  const { token } = app.services.setup;
  for (const path of ["/", "/healthz", "/backend-api/v2/version"]) expect(await status(app, path)).toBe(200);
  for (const path of [runsPath, "/v1/models", "/openapi.json", "/backend-api/v2/chat/some"]) {
    const refused = await fetch(local(app.origin) + path);
    expect([path, refused.status, await refused.text()]).toEqual([
      path,
      401,
      expect.stringContaining("has no key yet"),
    ]);
  }
  const session = async () => (await fetch(`${local(app.origin)}/backend-api/v2/session`)).json();
  expect(await session()).toEqual({ required: true, signed_in: false, owner: null, role: null, setup: true });
  for (const wrong of ["x", token.slice(1), `${token}x`, token.toUpperCase()])
    expect((await claim(app, wrong)).status).toBe(401);
  for (const name of ["a/b", "all", "", "x".repeat(200)]) expect((await claim(app, token, name)).status).toBe(400);
  const elsewhere = { origin: "https://evil.example" };
  expect((await claim(app, token, "eve", elsewhere)).status).toBe(403);

  const made = await claim(app, token);
  const { key, ...rest } = (await made.json()) as { key: string };
  expect([made.status, made.headers.get("cache-control"), rest]).toEqual([
    200,
    "no-store",
    { name: "ann", owner: "local" },
  ]);
  const cookie = cookieOf(made);
  expect(await status(app, "/backend-api/v2/log", { headers: { cookie } })).toBe(200);
  expect(await status(app, "/backend-api/v2/log", { headers: { authorization: `Bearer ${key}` } })).toBe(200);
  expect(await status(app, runsPath)).toBe(401);
  expect(await session()).toEqual({ required: true, signed_in: false, owner: null, role: null });
  const again = await claim(app, token, "eve");
  expect([again.status, await again.json()]).toMatchObject([404, { error: { code: "not_found" } }]);
  expect(app.logged.join("\n")).toContain("the first key was made");
  for (const secret of [token, key, cookie.split("=")[1] ?? ""]) expect(app.logged.join("\n")).not.toContain(secret);
});

test("of many who make the first key at once one gets it", async () => {
  await using app = await openApp({ flags });
  const { token } = app.services.setup;
  const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => claim(app, token, `name-${index}`)));
  expect(answers.map((each) => each.status).sort()).toEqual([200, 404, 404, 404, 404, 404, 404, 404]);
  expect(await app.services.store.accessKeys.list()).toHaveLength(1);
});

test("a link is for a quarter of an hour, and tokens are not found by trying", async () => {
  let now = Date.now();
  await using app = await openApp({ flags, clock: () => now });
  const { token } = app.services.setup;
  for (let count = 0; count < 10; count++) expect((await claim(app, `wrong-${count}`)).status).toBe(401);
  expect((await claim(app, "wrong-10")).status).toBe(429);
  now += 15 * 60_000 + 1;
  const late = await claim(app, token);
  expect([late.status, await late.json()]).toMatchObject([
    404,
    { error: { message: expect.stringContaining("again") } },
  ]);
  expect(await status(app, runsPath)).toBe(401);
  await using another = await openApp({ flags });
  expect((await claim(another, token)).status).toBe(401);
  expect((await claim(another, another.services.setup.token)).status).toBe(200);
});

test("there is nothing to set up with a key, or where nobody asked for it", async () => {
  await using open = await openApp();
  expect((await claim(open, "")).status).toBe(400);
  expect((await claim(open, "x")).status).toBe(404);
  expect(await status(open, runsPath)).toBe(200);
  await using keyed = await openApp({ flags: { ...flags, access_key: "the-setting-key-0123" } });
  expect((await claim(keyed, keyed.services.setup.token || "x")).status).toBe(404);
  await using app = await openApp({ flags });
  await makeKey(app, "ann");
  expect((await claim(app, app.services.setup.token)).status).toBe(404);
});

const cwd = mkdtempSync(join(tmpdir(), "parley-setup-"));
afterAll(() => rmSync(cwd, { recursive: true }));

test("parley serve --setup prints the link beside its log, which does not hold it", async () => {
  const child = Bun.spawn(
    [...fromSource, "serve", "--port", "0", "--host", "0.0.0.0", "--setup", "--discovery", "false"],
    {
      cwd,
      env: bareEnvironment(cwd, startVariables),
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  let said = "";
  for await (const bytes of child.stdout) {
    said += new TextDecoder().decode(bytes);
    if (said.includes("#setup=")) break;
  }
  const [, port = "", token = ""] = /http:\/\/[\d.]+:(\d+)\/#setup=([\w-]{43})\n/.exec(said) ?? [];
  const origin = `http://127.0.0.1:${port}`;
  expect((await fetch(origin + runsPath)).status).toBe(401);
  expect((await claim({ origin }, token)).status).toBe(200);
  child.kill("SIGTERM");
  const log = await new Response(child.stderr).text();
  expect(log).toContain("the first key was made");
  expect(log).not.toContain(token);
});
