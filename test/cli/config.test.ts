import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand } from "../support/command.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-config-"));
afterAll(() => rmSync(cwd, { recursive: true }));
const run = (args: readonly string[], env: Record<string, string> = {}) => runCommand(fromSource, args, { cwd, env });

test("parley config init writes a file once, for its owner alone, which validate finds good", async () => {
  expect(await run(["config", "validate"])).toMatchObject({
    code: 0,
    out: expect.stringContaining("no settings file"),
  });
  expect(await run(["config", "init"])).toMatchObject({ code: 0, error: "" });
  expect(statSync(join(cwd, "parley.yaml")).mode & 0o777).toBe(0o600);
  expect(await run(["config", "init"])).toMatchObject({ code: 2, error: expect.stringContaining("--force") });
  expect(await run(["config", "validate"])).toEqual({ code: 0, out: "parley.yaml is good.\n", error: "" });
  const { out } = await run(["config", "init", "--print"]);
  expect(out).toContain("\n#port: 7337\n");
});

test("parley config validate tells each fault, and exits with 2", async () => {
  writeFileSync(join(cwd, "bad.yaml"), "prot: 1\nlog_level: loud\n");
  expect(await run(["config", "validate", "bad.yaml"])).toEqual({
    code: 2,
    out: "",
    error:
      "bad.yaml:1: there is no setting prot; did you mean port?\n" +
      "bad.yaml:2: log_level: expected one of debug, info, warn, error, silent\n",
  });
  writeFileSync(join(cwd, "named.yaml"), "routes:\n  - name: fast\n    providers: [{ provider: Opnai }]\n");
  const { code, out } = await run(["config", "validate", "named.yaml", "--json"], { PARLEY_PROT: "1" });
  expect([code, JSON.parse(out)]).toEqual([
    2,
    {
      file: "named.yaml",
      ok: false,
      faults: [{ line: 2, message: "routes: fast names Opnai, and no provider is called so; did you mean OpenAI?" }],
      warnings: [],
    },
  ]);
  expect((await run(["config", "validate", "nowhere.yaml"])).code).toBe(2);
});

test("parley config print says what holds, and why; never a key", async () => {
  const env = { PARLEY_ACCESS_KEY: "secret-key-0123456", PARLEY_HOST: "127.0.0.2", OPENAI_API_KEY: "sk-0123456" };
  const table = await run(["config", "print", "--origins", "--port", "1"], env);
  expect(table.out).toMatch(/^port +1 +--port$/m);
  expect(table.out).toMatch(/^host +127\.0\.0\.2 +PARLEY_HOST$/m);
  expect(table.out).toMatch(/^access_key +\[set\] +PARLEY_ACCESS_KEY$/m);
  expect(table.out).toMatch(/^providers: OpenAI +\[key set\] +OPENAI_API_KEY$/m);
  const yaml = await run(["config", "print", "--port", "1"], env);
  expect(yaml.out).toMatch(/^host: 127\.0\.0\.2\nport: 1\n/);
  const json = JSON.parse((await run(["config", "print", "--json"], env)).out);
  expect(json.settings.host).toEqual({ value: "127.0.0.2", origin: "PARLEY_HOST" });
  expect(json.settings.access_key).toEqual({ is_set: true, origin: "PARLEY_ACCESS_KEY" });
  expect(json.providers).toEqual([
    { name: "OpenAI", type: "OpenAI", base_url: null, keys: 1, origin: "OPENAI_API_KEY" },
  ]);
  for (const out of [table.out, yaml.out, JSON.stringify(json)]) expect(out).not.toMatch(/secret-key|sk-0123/);
  expect(JSON.parse((await run(["config", "schema"])).out).properties.port.default).toBe(7337);
});
