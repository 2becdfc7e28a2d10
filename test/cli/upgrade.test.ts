import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../src/version.ts";
import { openApp } from "../support/app.ts";
import { fromSource, runCommand } from "../support/command.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-upgrade-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const upgrade = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(fromSource, ["upgrade", ...args], { cwd, env });

describe("parley upgrade --check", () => {
  test("says how to set an address where there is none", async () => {
    const { code, out, error } = await upgrade(["--check"]);
    expect([code, out, error]).toEqual([2, "", expect.stringContaining("set update_url (PARLEY_UPDATE_URL")]);
  });

  test("reads what code hosts and registries say, and tells by its exit code", async () => {
    const said: unknown[] = [{ tag_name: "v99.1.0", version: "1" }, { version }, "98.0.0-rc.1\n"];
    using host = openUpstream((_, count) => answer(200, said[count - 1]));
    const env = { PARLEY_UPDATE_URL: `${host.origin}/latest` };
    const newer = await upgrade(["--check", "--json"], env);
    expect(newer.code).toBe(3);
    expect(JSON.parse(newer.out)).toEqual({ version, latest_version: "99.1.0", newer: true });
    expect(await upgrade(["--check"], env)).toEqual({
      code: 0,
      error: "",
      out: `${version} is the latest version.\n`,
    });
    expect((await upgrade(["--check"], env)).out).toStartWith(`There is 98.0.0-rc.1; this is ${version}.`);
  });

  test("fails where it cannot be told", async () => {
    using host = openUpstream((_, count) => (count === 1 ? answer(200, "<html>") : answer(404, {})));
    const env = { PARLEY_UPDATE_URL: host.origin };
    const vague = await upgrade(["--check"], env);
    expect([vague.code, vague.error]).toEqual([1, expect.stringContaining("update_url names no version")]);
    const gone = await upgrade(["--check"], env);
    expect([gone.code, gone.error]).toEqual([1, "parley: update_url answered 404\n"]);
    const wrong = await upgrade(["--check", "--update-url", "ftp://example.com"]);
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining("--update-url: update_url is no address")]);
  });
});

describe("the server", () => {
  const latest = async (app: Awaited<ReturnType<typeof openApp>>) =>
    (await (await app.get("/backend-api/v2/version")).json()).latest_version;

  test("asks nobody for the latest version unless it is told to", async () => {
    using host = openUpstream(() => answer(200, { version: "99.0.0" }));
    await using app = await openApp({ flags: { update_url: host.origin } });
    await Bun.sleep(200);
    expect([await latest(app), host.requests.length]).toEqual([version, 0]);
  });

  test("tells it once it was found, and answers meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const host = Bun.serve({
      port: 0,
      async fetch() {
        await promise;
        return Response.json({ tag_name: "v99.0.0" });
      },
    });
    await using app = await openApp({ flags: { update_check: "true", update_url: host.url.href } });
    expect(await latest(app)).toBe(version);
    resolve();
    while ((await latest(app)) === version) await Bun.sleep(5);
    expect(await latest(app)).toBe("99.0.0");
    await host.stop(true);
  });

  test("goes on where it cannot be found, and says so in the log of those who look", async () => {
    const flags = { update_check: "true", update_url: "http://127.0.0.1:1", log_level: "debug" };
    await using app = await openApp({ flags });
    while (!app.logged.some((line) => line.includes("could not be read"))) await Bun.sleep(5);
    expect(app.logged.find((line) => line.includes("could not be read"))).toContain('"level":"debug"');
    expect(await latest(app)).toBe(version);
  });

  test("does not start where it would look without knowing where", async () => {
    const { code, error } = await runCommand(fromSource, ["serve", "--update-check"], { cwd });
    expect([code, error]).toEqual([2, "parley: --update-check: update_check asks update_url, which is not set\n"]);
  });
});
