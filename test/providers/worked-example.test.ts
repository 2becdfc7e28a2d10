import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Adapter } from "../../src/providers/provider.ts";
import { root } from "../support/command.ts";
import { lastChunk, openUpstream, chunked } from "../support/scripted-upstream.ts";

test("the map's worked example of a provider is one that works", async () => {
  const map = readFileSync(join(root, "src/README.md"), "utf8");
  const [, code = ""] = /```ts\n([^`]*createCompatibleAdapter[\s\S]*?)```/.exec(map) ?? [];
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(15);
  const folder = mkdtempSync(join(tmpdir(), "parley-example-"));
  try {
    const path = join(folder, "example.ts");
    await Bun.write(path, code.replace('"..', `"${join(root, "src/providers")}`));
    const { example }: { example: Adapter } = await import(path);
    const chunk = { model: "example-large", choices: [{ delta: { content: "Hi" }, finish_reason: "stop" }] };
    using upstream = openUpstream(() => [
      ...chunked([`data: ${JSON.stringify(chunk)}\n\n`, "data: [DONE]\n\n"]),
      lastChunk,
    ]);
    const ms = 1000;
    const provider = example.open({
      name: example.name,
      baseUrl: upstream.origin,
      apiKeys: ["test-key-0123"],
      limits: { connectMs: ms, isProxied: false, firstByteMs: ms, loadMs: ms, silenceMs: ms },
    });
    expect(Object.keys(provider.parameters("example-small"))).not.toContain("reasoning_effort");
    const question = {
      model: "example-large",
      messages: [{ role: "user" as const, content: "Hello" }],
      sampling: { reasoning_effort: "low" },
      media: {},
      state: undefined,
      extra: {},
    };
    const events = [];
    for await (const batch of provider.chat!(question, { signal: AbortSignal.timeout(5000) })) events.push(...batch);
    expect(events).toEqual([
      { type: "model", model: "example-large" },
      { type: "content", content: "Hi" },
      { type: "finish", reason: "stop" },
    ]);
    expect(upstream.requests[0]).toMatchObject({
      path: "/chat/completions",
      headers: { authorization: "Bearer test-key-0123" },
    });
    expect(JSON.parse(upstream.requests[0]!.body)).toMatchObject({ model: "example-large", reasoning_effort: "low" });
  } finally {
    rmSync(folder, { recursive: true });
  }
  const registry = readFileSync(join(root, "src/providers/registry.ts"), "utf8");
  expect(registry).toContain('import { groq } from "./adapters/groq.ts";');
  expect(map).toContain('import { example } from "./adapters/example.ts";');
});
