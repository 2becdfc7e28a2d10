import { describe, expect, test } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { Type } from "@sinclair/typebox";
import { Model, ModelSummary, ProviderInfo } from "../../src/protocol/models.ts";
import { ConfigError } from "../../src/config/error.ts";
import { adapters } from "../../src/providers/registry.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const read = async (app: TestApp, path: string, headers: Record<string, string> = {}) =>
  (await app.get(`/backend-api/v2/${path}`, { headers })).json();

describe("models", () => {
  test("are those that a configured provider can serve now, sorted, each with who has it", async () => {
    const yaml = providerYaml(
      { name: "B", origin: "http://127.0.0.1:1", models: ["gpt-4o", "zeta"] },
      { name: "A", origin: "http://127.0.0.1:1", models: ["gpt-4o", "alpha"] },
    );
    await using app = await openApp({ yaml });
    const models = await read(app, "models");
    expect([...TypeCompiler.Compile(Type.Array(ModelSummary)).Errors(models)]).toEqual([]);
    expect(models.map(({ name, providers }: ModelSummary) => [name, providers])).toEqual([
      ["alpha", ["A"]],
      ["gpt-4o", ["B", "A"]],
      ["help", ["Builtin"]],
      ["zeta", ["B"]],
    ]);
    expect((await read(app, "models?capability=vision")).map(({ name }: ModelSummary) => name)).toEqual(["gpt-4o"]);
    expect((await read(app, "models?provider=a")).map(({ name }: ModelSummary) => name)).toEqual(["alpha", "gpt-4o"]);
  });

  test("of one provider have their default marked; a name that is a model's is that model; the router has groups", async () => {
    const yaml = providerYaml({ name: "Work", origin: "http://127.0.0.1:1", models: ["claude-3-haiku", "gpt-4o"] });
    await using app = await openApp({ yaml });
    const models = await read(app, "models/work");
    expect([...TypeCompiler.Compile(Type.Array(Model)).Errors(models)]).toEqual([]);
    expect(models[0]).toEqual({
      id: "claude-3-haiku",
      model: "claude-3-haiku",
      label: "claude-3-haiku",
      default: true,
      image: false,
      vision: true,
      audio: false,
      video: false,
      tools: true,
      reasoning: false,
      count: null,
      tags: [],
    });
    expect((await read(app, "models/gpt-4o")).map(({ id }: Model) => id)).toEqual(["gpt-4o"]);
    const groups = await read(app, "models/AnyProvider");
    expect(
      groups.map(({ group, models }: { group: string; models: Model[] }) => [group, models.map(({ id }) => id)]),
    ).toEqual([
      ["Default", ["default"]],
      ["Anthropic", ["claude-3-haiku"]],
      ["OpenAI", ["gpt-4o"]],
      ["Other", ["help"]],
    ]);
  });

  test("are listed with the caller's own key, and kept for that caller alone", async () => {
    const seen: (string | undefined)[] = [];
    using upstream = openUpstream(({ headers }) => {
      seen.push(headers.authorization);
      return answer(200, { data: [{ id: headers.authorization?.endsWith("one") ? "model-one" : "model-two" }] });
    });
    await using app = await openApp({ environment: { OPENAI_BASE_URL: `${upstream.origin}/v1` } });
    const list = async (key: string) =>
      (await read(app, "models/OpenAI", { "x-api-key": key })).map(({ id }: Model) => id);
    expect(await list("key-one")).toEqual(["model-one"]);
    expect(await list("key-two")).toEqual(["model-two"]);
    expect(await list("key-one")).toEqual(["model-one"]);
    expect(seen).toEqual(["Bearer key-one", "Bearer key-two"]);
    expect((await app.get("/backend-api/v2/models/Gemini")).status).toBe(401);
  });

  test("are asked for anew after a while, without keeping anybody waiting, and failures sooner", async () => {
    const list = (id: string) => answer(200, { data: [{ id }] });
    const answers = [list("old"), list("new"), answer(500, {}), answer(500, {}), list("back")];
    using upstream = openUpstream((_, count) => answers[count - 1] ?? answer(500, {}));
    let now = Date.now();
    await using app = await openApp({
      environment: { OPENAI_API_KEY: "k-012345", OPENAI_BASE_URL: upstream.origin },
      clock: () => now,
    });
    const read = async () => {
      const response = await app.get("/backend-api/v2/models/OpenAI");
      return response.ok ? (await response.json()).map(({ id }: Model) => id).join() : response.status;
    };
    /** Until what was fetched in the background has come: it has by the time that others are answered. */
    const asked = async (count: number) => {
      while (upstream.requests.length < count) await Bun.sleep(1);
      await Bun.sleep(20);
      for (let request = 0; request < 3; request++) await (await app.get("/healthz")).text();
    };
    expect([await read(), await read()]).toEqual(["old", "old"]);
    now += 6 * 60_000;
    expect(await read()).toBe("old");
    await asked(2);
    await until(async () => (await read()) !== "old");
    expect(await read()).toBe("new");
    now += 6 * 60_000;
    expect(await read()).toBe("new");
    await asked(3);
    expect(await read()).toBe("new");
    now += 2 * 60 * 60_000;
    expect([await read(), await read()]).toEqual([502, 502]);
    expect(upstream.requests).toHaveLength(4);
    now += 11_000;
    expect(await read()).toBe("back");
  });

  test("are known by older names of their provider", async () => {
    await using app = await openApp({
      environment: { GEMINI_API_KEY: "k-012345" },
      yaml: providerYaml({ name: "Gemini", type: "gemini", origin: "http://127.0.0.1:1" }),
    });
    expect(await read(app, "models/Gemini")).toBeArrayOfSize(1);
    expect(app.services.registry.get("OpenaiAPI").name).toBe("OpenAI");
    expect(app.services.registry.get("claude").name).toBe("Anthropic");
  });
});

test("providers are listed, the router first, configured or not", async () => {
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: "http://127.0.0.1:1", models: ["gpt-4o"] }),
  });
  const providers = await read(app, "providers");
  expect([...TypeCompiler.Compile(Type.Array(ProviderInfo)).Errors(providers)]).toEqual([]);
  const byName = Object.fromEntries(providers.map((info: ProviderInfo) => [info.name, info]));
  expect(Object.keys(byName)).toEqual([
    "AnyProvider",
    "Work",
    ...adapters
      .filter(({ localAddress, isProgram }) => localAddress === undefined && !isProgram)
      .map(({ name }) => name),
    "Builtin",
  ]);
  expect(byName.Work).toMatchObject({ configured: true, auth: true, vision: true, live: 1, status: "unknown" });
  expect(byName.OpenAI).toMatchObject({
    configured: false,
    live: 0,
    login_url: "https://platform.openai.com/api-keys",
  });
  expect(byName.Builtin).toMatchObject({ configured: true, auth: false, status: "up" });
});

test("no provider of one's own takes the name of another", async () => {
  for (const name of ["anyprovider", "Builtin"])
    expect(openApp({ yaml: providerYaml({ name, type: "openai", origin: "http://127.0.0.1:1" }) })).rejects.toThrow(
      ConfigError,
    );
});

test("the scripted provider exists only where it was asked for", async () => {
  await using without = await openApp();
  expect(JSON.stringify(await read(without, "providers"))).not.toContain("Scripted");
  await using with_ = await openApp({ flags: { scripted: "true" } });
  expect(JSON.stringify(await read(with_, "providers"))).toContain("Scripted");
});
