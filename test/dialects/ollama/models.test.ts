import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Ollama } from "ollama";
import { openApp, type TestApp } from "../../support/app.ts";
import { makeKey } from "../../support/keys.ts";
import { answer, openUpstream, type ScriptedUpstream } from "../../support/scripted-upstream.ts";
import { deltas } from "./asking.ts";

let app: TestApp;
let upstream: ScriptedUpstream;
let client: Ollama;

const route = { name: "best", providers: [{ provider: "A", model: "gpt-4o" }] };
const aModels = ["gpt-4o", "o3", "text-embedding-3-small", "dall-e-3", "org/llama-3.3-70b", "tagged:latest"];

beforeAll(async () => {
  upstream = openUpstream(({ path }) =>
    path === "/api/tags"
      ? answer(200, { models: [{ name: "llama3.2:latest", model: "llama3.2:latest" }, { name: "qwen3:8b" }] })
      : deltas([{ content: "Hel" }], "hang"),
  );
  const { origin } = upstream;
  const openai = { type: "openai", base_url: `${origin}/v1`, api_key: "test-key-0123" };
  const providers = [
    { ...openai, name: "A", models: aModels },
    { ...openai, name: "B", models: ["gpt-4o", "claude-sonnet-4-5"] },
    { name: "C", type: "ollama", base_url: origin },
  ];
  app = await openApp({ yaml: Bun.YAML.stringify({ providers, routes: [route] }) });
  client = new Ollama({ host: app.origin });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const statusOf = (asking: Promise<unknown>) =>
  asking.then(
    () => 200,
    (thrown: { status_code?: number }) => thrown.status_code,
  );

describe("their client", () => {
  test("lists every model once, by the names that may be asked, with a digest that stays the same", async () => {
    const { models } = await client.list();
    const names = models.map(({ name }) => name);
    for (const name of ["auto", "best", "claude-sonnet-4-5", "llama3.2:latest", "qwen3:8b", ...aModels])
      expect(names.filter((each) => each === name)).toEqual([name]);
    for (const model of models) {
      expect(model.model).toBe(model.name);
      expect(model.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(Number.isNaN(Date.parse(String(model.modified_at)))).toBe(false);
      expect(model.size).toBe(0);
      expect(model.details.families).toEqual([model.details.family]);
    }
    expect(new Set(models.map(({ digest }) => digest)).size).toBe(models.length);
    expect((await client.list()).models).toEqual(models);
  });

  const shown: readonly (readonly [name: string, abilities: readonly string[], family: string])[] = [
    ["gpt-4o", ["completion", "tools", "vision"], "gpt"],
    ["o3", ["completion", "tools", "thinking", "vision"], "o"],
    ["claude-sonnet-4-5", ["completion", "tools", "thinking", "vision"], "claude"],
    ["B/claude-sonnet-4-5", ["completion", "tools", "thinking", "vision"], "claude"],
    ["org/llama-3.3-70b", ["completion", "tools"], "llama"],
    ["llama3.2", ["completion", "tools"], "llama"],
    ["llama3.2:latest", ["completion", "tools"], "llama"],
    ["qwen3:8b", ["completion", "tools", "thinking"], "qwen"],
    ["text-embedding-3-small", ["embedding"], "text"],
    ["dall-e-3", ["image"], "dall"],
    ["gpt-4o:latest", ["completion", "tools", "vision"], "gpt"],
    ["tagged:latest", ["completion", "tools"], "tagged"],
    ["best", ["completion", "tools", "vision"], "best"],
    ["auto", ["completion", "tools", "vision"], "auto"],
    ["auto:latest", ["completion", "tools", "vision"], "auto"],
  ];
  test.each(shown)("is shown what %s can do", async (name, abilities, family) => {
    const told = await client.show({ model: name });
    expect(told.capabilities).toEqual([...abilities]);
    expect(told.details.family).toBe(family);
    expect(told.model_info).toMatchObject({ "general.architecture": family });
    expect([told.template, told.parameters, told.license]).toEqual(["", "", ""]);
  });

  test("is told how much a model reads, where that is known, in the field that tools look in", async () => {
    using vendor = openUpstream(() =>
      answer(200, { data: [{ id: "big", context_length: 131_072 }, { id: "unknown" }] }),
    );
    const provider = { name: "R", type: "openrouter", base_url: vendor.origin, api_key: "test-key-0123" };
    await using other = await openApp({ yaml: Bun.YAML.stringify({ providers: [provider] }) });
    const asking = new Ollama({ host: other.origin });
    expect((await asking.show({ model: "big" })).model_info).toMatchObject({ "big.context_length": 131_072 });
    expect(Object.keys((await asking.show({ model: "unknown" })).model_info)).not.toContain("unknown.context_length");
  });

  test("asks what is there before it uses it: a model is loaded, let go and pulled at once", async () => {
    for (const stream of [true, false]) {
      const post = async (path: string, body: object) =>
        (await app.get(path, { method: "POST", body: JSON.stringify({ stream, ...body }) })).json();
      expect(await post("/api/chat", { model: "gpt-4o", messages: [] })).toMatchObject({
        model: "gpt-4o",
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: "load",
      });
      expect(await post("/api/generate", { model: "A/o3", prompt: "" })).toMatchObject({
        response: "",
        done_reason: "load",
      });
      expect(await post("/api/generate", { model: "auto", keep_alive: 0 })).toMatchObject({ done_reason: "unload" });
    }
    expect(await client.pull({ model: "gpt-4o:latest" })).toEqual({ status: "success" } as never);
    const progress = await Array.fromAsync(await client.pull({ model: "B/gpt-4o", stream: true }));
    expect(progress.map(({ status }) => status)).toEqual(["pulling manifest", "success"]);
    // Nobody was asked anything.
    expect(upstream.requests.filter(({ method }) => method === "POST")).toEqual([]);
  });

  test("is refused what can only be done where models run", async () => {
    expect(await statusOf(client.pull({ model: "nope" }))).toBe(501);
    expect(await statusOf(client.pull({ model: "nope", stream: true }))).toBe(501);
    expect(await statusOf(client.push({ model: "gpt-4o" }))).toBe(501);
    expect(await statusOf(client.create({ model: "mine", from: "gpt-4o" }))).toBe(501);
    expect(await statusOf(client.copy({ source: "gpt-4o", destination: "b" }))).toBe(501);
    expect(await statusOf(client.delete({ model: "gpt-4o" }))).toBe(501);
    const blob = await app.get("/api/blobs/sha256:00", { method: "POST", body: "x" });
    expect([blob.status, await blob.json()]).toEqual([501, { error: expect.stringContaining("at their providers") }]);
    expect(await statusOf(client.show({ model: "nope" }))).toBe(404);
    expect(await statusOf(client.show({ model: "" }))).toBe(400);
  });

  test("finds a server, and of a version that tools take", async () => {
    const { version } = await client.version();
    for (const least of ["0.6.4", "0.13.4", "0.14.0"])
      expect(Bun.semver.order(version, least)).toBeGreaterThanOrEqual(0);
    for (const method of ["HEAD", "GET"]) expect((await app.get("/", { method })).status).toBe(200);
    const wrong = await app.get("/api/tags", { method: "POST" });
    expect([wrong.status, await wrong.json()]).toEqual([405, { error: expect.any(String) }]);
    const missing = await app.get("/api/nothing");
    expect([missing.status, await missing.json()]).toEqual([404, { error: expect.any(String) }]);
  });

  test("sees which models answer, of its own runs alone", async () => {
    expect((await client.ps()).models).toEqual([]);
    const lines = await client.chat({ model: "A/gpt-4o", messages: [{ role: "user", content: "Hi" }], stream: true });
    const { models } = await client.ps();
    // As the provider calls it.
    expect(models).toEqual([expect.objectContaining({ name: "m", model: "m", size: 0, size_vram: 0 })]);
    const { headers } = await makeKey(app, "ann");
    expect((await new Ollama({ host: app.origin, headers }).ps()).models).toEqual([]);
    lines.abort();
  });
});
