import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand } from "../support/command.ts";
import { isInstalled } from "../support/installed.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-env-"));
afterAll(() => rmSync(cwd, { recursive: true }));
const key = "it's-a-key-$HOME-0123";
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(fromSource, ["env", ...args], { cwd, env });

const told = (shell: string, text: string, read: string) =>
  Bun.spawnSync([shell, "-c", `${read}; printf '%s %s' "$PARLEY_URL" "$PARLEY_ACCESS_KEY"`], {
    env: { PATH: process.env.PATH ?? "", text },
  }).stdout.toString();

test("what parley env prints is evaluated by every sh, and holds a key for those alone who ask for it", async () => {
  const quiet = await run(["--port", "8000"], { PARLEY_ACCESS_KEY: key });
  expect(quiet).toMatchObject({ code: 0, error: "" });
  expect(told("sh", quiet.out, 'eval "$text"')).toBe("http://127.0.0.1:8000 ");
  expect(quiet.out).not.toContain("it's");
  const { out } = await run(["--show-key", "--url", "https://chat.example.com/base/"], { PARLEY_ACCESS_KEY: key });
  expect(told("bash", out, 'eval "$text"')).toBe(`https://chat.example.com/base ${key}`);
});

test.skipIf(!isInstalled("fish", "what parley env prints for it"))("in fish's words as well", async () => {
  const { out } = await run(["--shell", "fish", "--show-key", "--host", "::"], { PARLEY_ACCESS_KEY: key });
  expect(told("fish", out, "echo $text | source")).toBe(`http://127.0.0.1:7337 ${key}`);
});

test("in PowerShell's words, as JSON, and never of a port that nobody knows", async () => {
  const { out } = await run(["--shell", "powershell", "--show-key"], { PARLEY_ACCESS_KEY: key });
  expect(out).toStartWith(
    "$env:PARLEY_URL = 'http://127.0.0.1:7337'\n$env:PARLEY_ACCESS_KEY = 'it''s-a-key-$HOME-0123'\n",
  );
  expect(JSON.parse((await run(["--json"])).out)).toEqual({
    PARLEY_URL: "http://127.0.0.1:7337",
    OPENAI_BASE_URL: "http://127.0.0.1:7337/v1",
    OPENAI_API_KEY: "parley",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:7337",
    ANTHROPIC_API_KEY: "parley",
    GOOGLE_GEMINI_BASE_URL: "http://127.0.0.1:7337",
    GEMINI_API_KEY: "parley",
    OLLAMA_HOST: "http://127.0.0.1:7337",
  });
  for (const wrong of [
    ["--port", "0"],
    ["--url", "chat.example"],
    ["--shell", "tcsh"],
  ])
    expect((await run(wrong)).code).toBe(2);
  // What it prints is no setting that would be called unknown.
  expect(
    (await runCommand(fromSource, ["config", "validate"], { cwd, env: { PARLEY_URL: "http://x.example" } })).error,
  ).toBe("");
});

test("a server that is started among those variables is no provider of its own", async () => {
  const variables = JSON.parse((await run(["--json"])).out);
  const ask = (env: Record<string, string>) => runCommand(fromSource, ["config", "print"], { cwd, env });
  expect((await ask(variables)).out).toBe((await ask({})).out);
  const elsewhere = await ask({ ...variables, PARLEY_PORT: "8000" });
  expect(elsewhere.out).toContain("OpenAI: set up by OPENAI_API_KEY, OPENAI_BASE_URL");
  const yaml = join(cwd, "itself.yaml");
  await Bun.write(yaml, "providers:\n  - name: Me\n    type: openai\n    base_url: http://localhost:7337/v1\n");
  const itself = await runCommand(fromSource, ["config", "validate"], { cwd, env: { PARLEY_CONFIG: yaml } });
  expect(itself).toMatchObject({ code: 2, error: expect.stringContaining("Me has this server itself") });
});
