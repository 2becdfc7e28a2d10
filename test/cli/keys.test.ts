import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand, startServer } from "../support/command.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-keys-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (...args: string[]) => runCommand(fromSource, args, { cwd });
const keys = (...args: string[]) => run("keys", ...args);

test("parley keys makes, lists and revokes keys, which a running server knows at once; only digests are kept", async () => {
  await using server = await startServer(fromSource, { cwd });
  const ask = async (key?: string) => {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await fetch(`${server.origin}/backend-api/v2/stats`, { headers })).status;
  };
  expect(await ask()).toBe(200);
  const made = await keys("create", "ann", "--expires", "30", "--tokens-per-day", "1000", "--cost-per-day", "2.5");
  expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^pk_[\w-]{43}\n$/)]);
  const key = made.out.trim();
  expect([await ask(), await ask(key)]).toEqual([401, 200]);

  const again = await keys("create", "ann");
  expect([again.code, again.error]).toEqual([
    2,
    "parley: there is a key named ann: revoke it first, or take another name\n",
  ]);
  const [listed] = JSON.parse((await keys("list", "--json")).out);
  expect(listed).toMatchObject({
    name: "ann",
    owner: "ann",
    role: "user",
    state: "usable",
    tokens_per_day: 1000,
    cost_per_day: 2.5,
  });
  expect(listed.digest).toBeUndefined();
  const asked = await fetch(`${server.origin}/backend-api/v2/conversation`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ messages: [{ role: "user", content: "2 + 2" }] }),
  });
  const used = /"total_tokens":(\d+)/.exec(await asked.text())?.[1];
  expect((await keys("list")).out).toMatch(
    new RegExp(
      `^ann +ann +user +usable +${listed.expires_at.slice(0, 10)} +1000 tokens, \\$2.5 +${used} tokens +key_`,
      "m",
    ),
  );

  const stats = async () =>
    fetch(`${server.origin}/backend-api/v2/stats`, { headers: { authorization: `Bearer ${key}` } });
  const limits = ["--rate", "2/min", "--run-rate", "0", "--concurrency", "3", "--tokens-per-day", "default"];
  expect((await keys("update", "ann", ...limits, "--expires", "never")).out).toBe(`ann (${listed.id}) is changed\n`);
  expect([(await stats()).status, (await stats()).status, (await stats()).status]).toEqual([200, 200, 429]);
  expect((await keys("list")).out).toMatch(/ usable +\$2\.5 .* 2 requests\/min, any answers\/min, 3 at once +key_/);

  expect((await keys("revoke", "ann")).out).toBe(`ann (${listed.id}) is revoked\n`);
  expect(await ask(key)).toBe(401);
  expect((await keys("revoke", listed.id)).code).toBe(2);
  expect((await keys("create", "ann", "--owner", "team", "--role", "admin")).code).toBe(0);

  const data = join(cwd, "share", "parley");
  for (const name of readdirSync(data).filter((each) => each.startsWith("parley.db")))
    expect(readFileSync(join(data, name)).includes(key)).toBe(false);
  for (const wrong of [
    ["create", "a/b"],
    ["create", "x", "--owner", "all"],
    ["create", "x", "--role", "king"],
    ["create", "x", "--expires", "never"],
    ["create", "x", "--tokens-per-day", "-1"],
    ["create", "x", "--rate", "5/s"],
    ["update", "ann"],
  ])
    expect([wrong, (await keys(...wrong)).code > 0]).toEqual([wrong, true]);
}, 60_000);

test("with a key the server may listen beyond this machine, and with none that can be used it may not", async () => {
  const home = join(cwd, "beyond");
  const inHome = (...args: string[]) => runCommand(fromSource, args, { cwd: home });
  await Bun.write(join(home, "x"), "");
  await inHome("keys", "create", "ann");
  {
    await using server = await startServer(fromSource, { cwd: home, args: ["--host", "0.0.0.0"] });
    expect((await fetch(`${server.origin}/backend-api/v2/stats`)).status).toBe(401);
  }
  await inHome("keys", "revoke", "ann");
  const refused = await inHome("serve", "--host", "0.0.0.0", "--port", "0");
  expect([refused.code, refused.error]).toEqual([2, expect.stringContaining("every key was revoked or has expired")]);
}, 60_000);

test("parley usage prints what everybody's runs came to", async () => {
  await run("chat", "17 * 3");
  expect((await run("usage")).out).toMatch(/^DAY +REQUESTS +PROMPT[^]+\nall +\d [^]+MODEL[^]+USER/);
  const { code, out } = await run("usage", "--json", "--days", "1");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ days: [{}], users: { local: { requests: 1 } } });
  expect((await run("usage", "--days", "x")).code).toBe(2);
}, 60_000);

test("parley keys create says so where a name gives a key all that was made without one", async () => {
  const directory = ["--data-dir", join(cwd, "named")];
  const { code, error } = await keys("create", "local", ...directory);
  expect([code, error]).toEqual([0, expect.stringContaining("Its owner is local: it has what was made without a key")]);
  expect((await keys("create", "laptop", ...directory)).error).not.toContain("owner");
});
