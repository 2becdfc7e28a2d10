import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { readEvents, textOf } from "../support/events.ts";
import { logsOf, messagesOf, openRouted, providersOf, user } from "../support/routed.ts";
import { answer, chunked, openaiText, openUpstream, type Script } from "../support/scripted-upstream.ts";

function coolingOf({ services: { health, registry } }: TestApp, name: string): number {
  return health.cooling({ provider: registry.get(name), model: "m" })?.ms ?? 0;
}

const fine: Script = () => openaiText("fine");
const down: Script = () => answer(500, { error: { message: "oops" } });

describe("the router", () => {
  test("says that it chose, tries in order, and explains each step", async () => {
    await using routed = await openRouted([down, () => answer(429, {}, { "retry-after": "12" }), fine]);
    const events = await routed.ask();
    expect(providersOf(events)).toEqual(["AnyProvider", "A", "B", "C"]);
    expect(events[0]).toEqual({
      type: "provider",
      provider: { name: "AnyProvider", url: null, label: "Auto", model: "m" },
    });
    expect(messagesOf(events)).toEqual(["A answered 500: oops; trying B", "B answered 429; trying C"]);
    expect(textOf(events)).toBe("fine");
    expect(logsOf(events)).toEqual(["AnyProvider: A/m, then B/m, then C/m"]);
  });

  test("leaves what failed to cool, as long as it asked for, and tries it once when that is over", async () => {
    let now = 1_000_000;
    let isDown = true;
    const limited: Script = () => (isDown ? answer(429, {}, { "retry-after": "12" }) : openaiText("back"));
    await using routed = await openRouted([limited, fine], { clock: () => now });
    await routed.ask();
    now += 500;
    const skipped = await routed.ask();
    expect(logsOf(skipped)).toEqual(["AnyProvider: B/m", "A skipped: cooling for 12 s after RateLimitError"]);
    expect(routed.counts()).toEqual([1, 2]);
    const status = async () =>
      (await (await routed.app.get("/backend-api/v2/providers")).json()).map(
        (info: { name: string; status: string }) => `${info.name} ${info.status}`,
      );
    expect(await status()).toContain("A cooling");
    now += 12_000;
    isDown = false;
    expect(textOf(await routed.ask())).toBe("back");
    expect(await status()).toContain("A up");
  });

  test("sends one run of many to see whether a cooled provider is back", async () => {
    let now = 1_000_000;
    await using routed = await openRouted([down, fine], { clock: () => now });
    await routed.ask();
    now += 16_000;
    await Promise.all(Array.from({ length: 20 }, () => routed.ask()));
    expect(routed.counts()).toEqual([2, 21]);
  });

  test("does not let a question that was broken off shorten a cooling", async () => {
    const limited: Script = (_, count) => (count === 1 ? answer(429, {}, { "retry-after": "300" }) : ["hang"]);
    await using routed = await openRouted([limited]);
    await routed.ask();
    await routed.ask({ provider: "A", timeout: 0.1 });
    expect(coolingOf(routed.app, "A")).toBeGreaterThan(200_000);
  });

  test("tries those that cool when nobody else is left", async () => {
    await using routed = await openRouted([down]);
    await routed.ask();
    const events = await routed.ask();
    expect(routed.counts()).toEqual([2]);
    expect(events.at(-2)).toEqual({ type: "finish", finish: { reason: "error" } });
  });

  test("does not hold a caller's own short limits against a provider", async () => {
    let isSlow = true;
    const slow: Script = () =>
      isSlow
        ? [...chunked([`data: {"model":"m","choices":[{"delta":{"role":"assistant"}}]}\n\n`]), "hang"]
        : openaiText("fine");
    await using routed = await openRouted([slow]);
    await routed.ask({ timeout: 0.1 });
    await routed.ask({ stream_timeout: 0.1 });
    isSlow = false;
    const events = await routed.ask();
    expect(textOf(events)).toBe("fine");
    expect(logsOf(events)).toEqual(["AnyProvider: A/m"]);
  });

  test("counts for the next provider nothing of what the failed one told", async () => {
    const told = `data: {"model":"m","choices":[],"usage":{"prompt_tokens":9000,"completion_tokens":1}}\n\n`;
    const broken: Script = () => [...chunked([told]), { waitMs: 30 }, "reset"];
    await using routed = await openRouted([broken, fine]);
    const usage = (await routed.ask()).find((event) => event.type === "usage");
    expect(usage).toMatchObject({ provider: "B", usage: { estimated: true } });
    expect(usage?.usage.prompt_tokens).toBeLessThan(100);
  });

  test("sends a caller's key to the provider that it names, however it is spelled, and says so where none is", async () => {
    await using routed = await openRouted([fine]);
    const keys = async (api_key: unknown, provider?: unknown) => {
      const events = await routed.ask({ api_key, provider });
      return [routed.upstreams[0]!.requests.at(-1)!.headers.authorization, ...logsOf(events)];
    };
    expect(await keys({ a: "caller-key" }, "A")).toEqual(["Bearer caller-key"]);
    expect(await keys("caller-key", ["a", "A", "A"])).toEqual(["Bearer caller-key"]);
    expect(await keys({ X: "caller-key" }, "A")).toEqual([
      "Bearer test-key-0123",
      'api_key: no provider is called "X"',
    ]);
  });

  test("asks those that have the model before those that cannot say", async () => {
    using mute = openUpstream(({ path }) => (path.includes("models") ? answer(500, {}) : openaiText("mute")));
    using sure = openUpstream(() => openaiText("sure"));
    const yaml = Bun.YAML.stringify({
      providers: [
        { name: "Mute", type: "openai", base_url: mute.origin, api_key: "k" },
        { name: "Sure", type: "openai", base_url: sure.origin, api_key: "k", models: ["m"] },
      ],
    });
    await using app = await openApp({ yaml });
    expect(textOf(await readEvents(await app.post({ messages: user, model: "m" })))).toBe("sure");
  });

  test("knows a model without its date", async () => {
    await using routed = await openRouted([fine], {
      providers: [{ models: ["claude-x-1", "claude-sonnet-4-5-20250929"] }],
    });
    const events = await routed.ask({ model: "claude-sonnet-4-5" });
    expect(JSON.parse(routed.upstreams[0]!.requests[0]!.body).model).toBe("claude-sonnet-4-5-20250929");
    expect(textOf(events)).toBe("fine");
  });

  test("never glues two answers together", async () => {
    const half: Script = () => [
      ...chunked([`data: {"model":"m","choices":[{"delta":{"content":"Half"}}]}\n\n`]),
      { waitMs: 30 },
      "reset",
    ];
    await using routed = await openRouted([half, fine]);
    const events = await routed.ask();
    expect(providersOf(events)).toEqual(["AnyProvider", "A"]);
    expect(textOf(events)).toBe("Half");
    expect(events.some(({ type }) => type === "error")).toBe(true);
    expect(routed.counts()).toEqual([1, 0]);
  });

  test("falls back before the first token, even after the stream began", async () => {
    const empty: Script = () => [
      ...chunked([`data: {"model":"m","choices":[{"delta":{"role":"assistant"}}]}\n\n`]),
      { waitMs: 30 },
      "reset",
    ];
    await using routed = await openRouted([empty, fine]);
    expect(textOf(await routed.ask())).toBe("fine");
  });

  test("does not blame a provider for a question that it cannot take", async () => {
    await using routed = await openRouted([() => answer(400, { error: { message: "too long" } }), fine]);
    await routed.ask();
    await routed.ask();
    expect(routed.counts()).toEqual([2, 2]);
  });

  test("skips the ignored, and those whose models do not have what the messages need", async () => {
    await using routed = await openRouted([fine, fine, fine], {
      providers: [{}, { models: ["plain"] }, { models: ["gpt-4o"] }],
    });
    const picture = [
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
    ];
    const events = await routed.ask({ model: null, messages: picture, ignored: ["A"] });
    expect(providersOf(events)).toEqual(["AnyProvider", "C", "C"]);
    expect(logsOf(events)).toContain("B skipped: none of its models offers vision");
    expect(routed.counts()).toEqual([0, 0, 1]);
  });

  test("knows a model by its last part, and refuses one that nobody has", async () => {
    await using routed = await openRouted([fine], { providers: [{ models: ["maker/m"] }] });
    await routed.ask();
    expect(JSON.parse(routed.upstreams[0]!.requests[0]!.body).model).toBe("maker/m");
    const refused = await routed.app.post({ messages: user, model: "none" });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toEqual({
      error: {
        code: "model_not_found",
        message:
          'no configured provider has the model "none"; there are for example maker/m; GET /v1/models lists what there is',
      },
    });
  });

  test("uses a caller's keys only for the providers that they name", async () => {
    await using routed = await openRouted([fine, fine]);
    const events = await routed.ask({ api_key: { B: "own-key-of-caller" }, ignored: ["A"] });
    expect(routed.upstreams[1]!.requests[0]!.headers.authorization).toBe("Bearer own-key-of-caller");
    expect(providersOf(events)).toEqual(["AnyProvider", "B"]);
    const unused = await routed.ask({ api_key: "own-key-of-caller" });
    expect(routed.upstreams[0]!.requests[0]!.headers.authorization).toBe("Bearer test-key-0123");
    expect(logsOf(unused).join()).toContain("api_key was not used");
  });

  test("does not cool a provider over a caller's own key", async () => {
    await using routed = await openRouted([() => answer(401, {})]);
    await routed.ask({ api_key: { A: "own-key-of-caller" } });
    expect(coolingOf(routed.app, "A")).toBe(0);
  });
});

describe("named providers", () => {
  test("a list is an ordered fall-back, as an array or a string", async () => {
    for (const provider of [["A", "B"], "A B"]) {
      await using routed = await openRouted([down, fine]);
      const events = await routed.ask({ provider });
      expect(providersOf(events)).toEqual(["A", "B"]);
      expect(textOf(events)).toBe("fine");
    }
  });

  test("one is asked even while it cools, and any model is passed on to it", async () => {
    await using routed = await openRouted([down, fine]);
    await routed.ask({ provider: "A", model: "new-model" });
    await routed.ask({ provider: "a", model: "new-model" });
    expect(routed.counts()).toEqual([2, 0]);
    expect(JSON.parse(routed.upstreams[0]!.requests[1]!.body).model).toBe("new-model");
  });

  test("an unknown one is a 404, and no part of a name finds one", async () => {
    await using routed = await openRouted([fine]);
    for (const provider of ["Nobody", "OpenA", ["A", "Nobody"], "http://127.0.0.1/"]) {
      expect((await routed.app.post({ messages: user, provider })).status).toBe(404);
    }
  });
});

test("the default model is the first that the upstream lists, where it does not list the usual one", async () => {
  const models = answer(200, { data: [{ id: "text-embedding-3" }, { id: "local-model" }] });
  using upstream = openUpstream(({ path }) => (path === "/v1/models" ? models : openaiText("fine")));
  await using app = await openApp({
    environment: { OPENAI_BASE_URL: `${upstream.origin}/v1`, OPENAI_API_KEY: "test-key-0123" },
  });
  const events = await readEvents(await app.post({ messages: user }));
  expect(textOf(events)).toBe("fine");
  expect(JSON.parse(upstream.requests.at(-1)!.body).model).toBe("local-model");
});

test("an upstream that lists no models is asked for any", async () => {
  using upstream = openUpstream(({ path }) => (path === "/v1/models" ? answer(404, {}) : openaiText("fine")));
  await using app = await openApp({
    environment: { OPENAI_BASE_URL: `${upstream.origin}/v1`, OPENAI_API_KEY: "test-key-0123" },
  });
  expect(textOf(await readEvents(await app.post({ messages: user, model: "whatever" })))).toBe("fine");
  expect(textOf(await readEvents(await app.post({ messages: user })))).toBe("fine");
  expect(JSON.parse(upstream.requests.at(-1)!.body).model).toBe("gpt-6-luna");
});
