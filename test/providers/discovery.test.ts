import { expect, test } from "bun:test";
import { createLog } from "../../src/lib/log.ts";
import { ollama } from "../../src/providers/adapters/ollama.ts";
import { vllm } from "../../src/providers/adapters/vllm.ts";
import { createCatalogue } from "../../src/providers/catalogue.ts";
import { openDiscovery } from "../../src/providers/discovery.ts";
import { createHealth } from "../../src/routing/health.ts";
import { createPrices } from "../../src/providers/prices.ts";
import { adapters, createRegistry, noTerms } from "../../src/providers/registry.ts";
import { answer, openUpstream, type Script } from "../support/scripted-upstream.ts";

const limits = { isProxied: false, connectMs: 1000, firstByteMs: 1000, loadMs: 1000, silenceMs: 1000 };

async function openLooking(script: Script) {
  const upstream = openUpstream(script);
  const providers = [ollama, vllm].map((adapter) => ({
    provider: adapter.open({ name: adapter.name, baseUrl: upstream.origin, limits }),
    address: upstream.origin,
    probePath: adapter.probePath ?? "",
  }));
  const registry = createRegistry(
    providers.map(({ provider }) => ({ provider, aliases: [], terms: noTerms, isPresent: false })),
  );
  const health = createHealth(Date.now);
  const prices = createPrices([], () => undefined);
  const catalogue = createCatalogue({ clock: Date.now, health, prices });
  const logged: string[] = [];
  const log = createLog({ level: "info", secrets: [], pretty: true, write: (line) => logged.push(line) });
  const discovery = openDiscovery({
    runtimes: providers,
    registry,
    catalogue,
    health,
    log,
    intervalMs: 30,
  });
  await discovery.ready;
  return { upstream, registry, catalogue, logged, discovery };
}

test("a local runtime is a provider while it is up, and only as what it is", async () => {
  let isUp = true;
  const tags = {
    models: [
      { name: "llama3.2:latest", model: "llama3.2:latest", details: { families: ["mllama"], parameter_size: "11B" } },
    ],
  };
  const { upstream, registry, catalogue, logged, discovery } = await openLooking(({ path }) => {
    if (!isUp) return ["close"];
    if (path === "/api/version") return answer(200, { version: "0.12.6" });
    return path === "/api/tags" ? answer(200, tags) : answer(404, "no");
  });
  expect(registry.list().map(({ name }) => name)).toEqual(["Ollama"]);
  expect(await catalogue.list(registry.get("Ollama"))).toMatchObject([
    { id: "llama3.2:latest", label: "llama3.2", vision: true, default: true, tags: ["11B"] },
  ]);
  isUp = false;
  while (registry.list().length > 0) await Bun.sleep(5);
  // Named all the same: what fails then says why.
  expect(registry.get("ollama").name).toBe("Ollama");
  isUp = true;
  while (registry.list().length === 0) await Bun.sleep(5);
  expect(logged.map((line) => line.replace(/^.*INFO +/, "").replace(upstream.origin, "X"))).toEqual([
    "found Ollama at X",
    "Ollama at X is gone",
    "found Ollama at X",
  ]);
  discovery[Symbol.dispose]();
  upstream[Symbol.dispose]();
});

test("something else on the port is not taken for a runtime, and one that hangs keeps nobody waiting", async () => {
  for (const script of [
    () => answer(200, "<h1>Hello</h1>"),
    () => ["hang" as const],
    () => answer(500, {}),
  ] satisfies Script[]) {
    const { upstream, registry, discovery } = await openLooking(script);
    expect(registry.list()).toEqual([]);
    discovery[Symbol.dispose]();
    upstream[Symbol.dispose]();
  }
});

test("Ollama, LM Studio, llama.cpp, vLLM and Jan are looked for where they listen by default", () => {
  const addresses = adapters.flatMap(({ name, localAddress }) =>
    localAddress ? [`${name} ${new URL(localAddress).port}`] : [],
  );
  expect(addresses).toEqual(["Ollama 11434", "LMStudio 1234", "LlamaCpp 8080", "VLLM 8000", "Jan 1337"]);
});
