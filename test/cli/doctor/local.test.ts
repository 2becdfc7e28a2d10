import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClockLook } from "../../../src/cli/doctor/clock.ts";
import { checkFileSystem, checkRoom } from "../../../src/cli/doctor/data.ts";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { fromSource, runCommand } from "../../support/command.ts";
import { answer, openUpstream } from "../../support/scripted-upstream.ts";
import { openSmallWeb } from "../../support/small-web.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-doctor-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand(fromSource, args, { cwd, env: { PARLEY_DISCOVERY: "false", ...env } });

/** What is said of each thing, by its name. */
async function look(args: readonly string[] = [], env: Record<string, string> = {}) {
  const { code, out, error } = await run(["doctor", "--json", ...args], env);
  expect(error).toBe("");
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] };
  expect(code).toBe(ok ? 0 : 1);
  return { ok, said: Object.fromEntries(findings.map(({ name, ...finding }) => [name, finding])) };
}

describe("parley doctor", () => {
  const asked = new Set<string>();
  const upstream = openUpstream(({ path, headers }) => {
    asked.add(path);
    if (headers.authorization !== "Bearer good-key-0123") return answer(401, { error: { message: "no such key" } });
    if (path === "/user/balance") return answer(200, { balance_infos: [{ currency: "USD", total_balance: "4.2" }] });
    return answer(200, { data: [{ id: "deepseek-flash" }, { id: "deepseek-v4-pro" }] });
  });
  afterAll(() => upstream[Symbol.dispose]());
  const provider = (name: string, api_key: string | string[], more: object = {}) => ({
    name,
    type: "deepseek",
    base_url: upstream.origin,
    api_key,
    ...more,
  });
  const write = (providers: object[], more: object = {}) => {
    writeFileSync(join(cwd, "doctor.yaml"), Bun.YAML.stringify({ providers, ...more }));
    return ["--config", "doctor.yaml"];
  };

  test("says in words what works, how fast, what is left, and what to do", async () => {
    const { code, out } = await run([
      "doctor",
      ...write([provider("Good", "good-key-0123"), provider("Bad", "bad-key-0123")]),
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(/^Providers\nok {3}Good +2 models, \d+ ms, 4\.2 USD left$/m);
    expect(out).toMatch(
      /^fail Bad +Bad answered 401: no such key; set api_key of Bad in parley\.yaml or send api_key\n +→ is it the right key/m,
    );
    expect(out).toMatch(/^ok {3}database +whole$/m);
    expect(out).toMatch(/^skip web search +off/m);
    expect(out).toEndWith("1 fault, 0 doubts.\n");
    for (const sign of ["\u001b", "✓", "✗", "-key-0123"]) expect(out).not.toContain(sign);
  });

  test("asks with each key, and compares names of models with those that are listed", async () => {
    const keys = ["good-key-0123", "bad-key-0123"];
    const providers = [provider("Two", keys), provider("Good", "good-key-0123", { default_model: "deepseek-flsh" })];
    const routes = [
      { name: "fast", providers: [{ provider: "Good", model: "gone" }, { provider: "OpenAI" }] },
      { name: "sound", providers: [{ provider: "Good", model: "deepseek-flash" }] },
    ];
    const settings = [
      "--memory-embeddings",
      "Goood/m",
      "--title-model",
      "OpenAI/m",
      "--memory-model",
      "good/deepseek-flash",
    ];
    const { ok, said } = await look([...write(providers, { routes }), ...settings]);
    expect(ok).toBe(false);
    expect(said).toMatchObject({
      Two: { status: "fail", found: expect.stringContaining("number 2 does not work: Two answered 401"), models: 2 },
      Good: {
        status: "warn",
        found: "default_model names deepseek-flsh, and Good lists no such model; did you mean deepseek-flash?",
      },
      memory_embeddings: { status: "fail", found: "it names Goood, and no provider is called so" },
      title_model: { status: "fail", found: "it names OpenAI, which is not set up" },
      "route fast": { status: "warn" },
    });
    expect(said.memory_model).toBeUndefined();
    expect(said["route sound"]).toBeUndefined();
  });

  test("reads no memories, and asks nothing that is paid for", async () => {
    writeFileSync(
      join(cwd, "memories.jsonl"),
      `{"type":"export","format":"parley-export","format_version":1,"parley":"0","created_at":"2026-11-24T00:00:00Z","owner":"local"}
{"type":"memory","user_id":"u","memory":"a secret","metadata":{},"conversation_id":null,"created_at":"2026-11-24T00:00:00Z","updated_at":"2026-11-24T00:00:00Z"}
`,
    );
    const settings = [
      ...write([provider("Embeds", "good-key-0123", { type: "openai" })]),
      "--memory-embeddings",
      "Embeds/deepseek-flash",
    ];
    const taken = await run(["import", "memories.jsonl", "--json", ...settings]);
    expect(JSON.parse(taken.out)).toMatchObject({ counts: { memories: 1 }, skipped: [], is_whole: false });
    expect((await look(settings)).ok).toBe(true);
    expect([...asked].filter((path) => !["/models", "/user/balance"].includes(path))).toEqual([]);
  });

  test("names the search engines, what one lacks that is named, and asks them where that is wanted", async () => {
    const searxng = ["--searxng-url", "http://127.0.0.1:9"];
    const set = await look([...searxng, "--search-engines", "searxng,duckduckgo"]);
    expect(set.said["web search"]).toMatchObject({
      status: "skip",
      found: expect.stringContaining("SearXNG, then DuckDuckGo;"),
    });
    const lacking = await look([...searxng, "--search-engines", "brave,searxng"]);
    expect(lacking.said.search_engines).toMatchObject({ status: "fail", cure: "set brave_api_key, or take brave out" });
    await using web = openSmallWeb({ pages: {} });
    const searching = (address: string) => look(["--search", "--searxng-url", address, "--search-engines", "searxng"]);
    expect((await searching(web.settings.searxng_url)).said.SearXNG).toMatchObject({
      found: expect.stringMatching(/^\d+ results, /),
    });
    expect((await searching("http://127.0.0.1:1")).said.SearXNG).toMatchObject({ status: "fail" });
  });

  test("tells a newer version where the server would look for one, and asks nobody else", async () => {
    using releases = openUpstream(({ path }) =>
      path === "/broken" ? answer(500, {}) : answer(200, { version: "99.0.0" }),
    );
    const at = (path: string, ...more: string[]) => look(["--update-url", releases.origin + path, ...more]);
    expect((await at("/")).said.version).toBeUndefined();
    expect(releases.requests).toHaveLength(0);
    expect((await at("/", "--update-check")).said.version).toMatchObject({
      status: "warn",
      found: expect.stringContaining("and there is 99.0.0"),
    });
    expect((await at("/broken", "--update-check")).said.version).toMatchObject({ status: "warn" });
  });

  test("reports a data directory that cannot be opened, and unknown variables", async () => {
    writeFileSync(join(cwd, "file"), "");
    const { ok, said } = await look(["--data-dir", join(cwd, "file")], { PARLEY_PROT: "1" });
    expect(ok).toBe(false);
    expect(said.start?.found).toContain("cannot be used");
    expect(said.settings).toMatchObject({
      status: "warn",
      found: expect.stringContaining("did you mean PARLEY_PORT?"),
    });
  });
});

test("the clock is compared with those of whoever answered, of which the middle one counts", () => {
  const findingFor = (...offSeconds: number[]) => {
    const clock = createClockLook();
    for (const off of offSeconds) clock.begin()(new Headers({ date: new Date(Date.now() - off * 1000).toUTCString() }));
    return clock.result();
  };
  expect(findingFor()).toMatchObject({ status: "skip" });
  expect(findingFor(0)).toMatchObject({ status: "ok", found: "right" });
  expect(findingFor(0, 7200, 0)).toMatchObject({ status: "ok" });
  expect(findingFor(-600)).toMatchObject({ status: "warn", found: expect.stringMatching(/^(599|600|601) s slow/) });
  const silent = createClockLook();
  silent.begin()(new Headers());
  expect(silent.result().status).toBe("skip");
});

test("a disk is judged by what is free beside what the settings allow, and by where it lies", () => {
  const config = loadConfig({ environment: {}, flags: { data_dir: cwd, config: "/dev/null" } });
  expect(checkRoom(config, 1024 ** 4)).toMatchObject({
    status: "ok",
    found: expect.stringMatching(/^1\.0 TB are free/),
  });
  expect(checkRoom(config, 30 * 1024 ** 3)).toMatchObject({
    status: "warn",
    cure: expect.stringContaining("max_files (20.0 GB)"),
  });
  expect(checkRoom(config, 500 * 1024 ** 2)).toMatchObject({ status: "warn" });
  expect(checkRoom(config, 1024 ** 2)).toMatchObject({ status: "fail" });
  expect(checkFileSystem(cwd).status).toBe("ok");
  for (const network of [0x6969, 0xff534d42, 0x65735546]) expect(checkFileSystem(cwd, network).status).toBe("warn");
});
