import { describe, expect, test } from "bun:test";
import { openApp } from "../support/app.ts";
import { textOf } from "../support/events.ts";
import { logsOf, messagesOf, openRouted, providersOf, user } from "../support/routed.ts";
import { answer, chunked, openaiText, openUpstream, type Script } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const fine: Script = () => openaiText("fine");
const say =
  (text: string): Script =>
  () =>
    openaiText(text);
const to = (provider: string, rest: object = {}) => ({ provider, model: "m", ...rest });

/** Skips of a run's log, by provider. */
const skipsOf = (logs: readonly string[]) => logs.filter((log) => log.includes(" skipped: "));

describe("a route", () => {
  test("is asked for like a model, and takes its targets in its order", async () => {
    const routes = [{ name: "smart", providers: [to("B"), to("A")] }];
    await using routed = await openRouted([say("a"), say("b")], { settings: { routes } });
    const events = await routed.ask({ model: "smart" });
    expect(providersOf(events)).toEqual(["AnyProvider", "B"]);
    expect(logsOf(events)).toEqual(["AnyProvider: B/m, then A/m"]);
    expect(events[0]).toMatchObject({ provider: { name: "AnyProvider", model: "smart" } });
  });

  test("is listed with the models, under the router", async () => {
    const routes = [{ name: "smart", providers: [to("A")] }];
    await using routed = await openRouted([fine], { settings: { routes } });
    const names = async (path: string) => (await routed.app.get(`/backend-api/v2/models${path}`)).json();
    expect(await names("")).toContainEqual(expect.objectContaining({ name: "smart", providers: ["AnyProvider"] }));
    expect(await names("/AnyProvider")).toContainEqual(
      expect.objectContaining({ group: "Routes", models: [expect.objectContaining({ id: "smart" })] }),
    );
    expect(await names("/smart")).toEqual([expect.objectContaining({ id: "smart" })]);
  });

  test("leaves out those who are not set up, or not running, and is not listed where nobody is left", async () => {
    const targets = [{ provider: "Groq" }, { provider: "Ollama", model: "m" }];
    const routes = [
      { name: "none", providers: targets },
      { name: "some", providers: [...targets, to("A")] },
    ];
    await using routed = await openRouted([say("a")], { settings: { routes } });
    const names = (await (await routed.app.get("/backend-api/v2/models")).json()).map(
      ({ name }: { name: string }) => name,
    );
    expect(names).toEqual(["help", "m", "some"]);
    const events = await routed.ask({ model: "some" });
    expect(textOf(events)).toBe("a");
    expect(skipsOf(logsOf(events))).toEqual(["Groq skipped: it is not set up", "Ollama skipped: it is not running"]);
    const refused = await routed.app.post({ messages: user, model: "none" });
    expect([refused.status, (await refused.json()).error.message]).toEqual([
      404,
      'nobody of the route "none" can answer (Groq: it is not set up; Ollama: it is not running)',
    ]);
  });

  test("splits by weight exactly, the target's own before the provider's", async () => {
    const routes = [{ name: "split", strategy: "weighted", providers: [to("A"), to("B", { weight: 1 })] }];
    await using routed = await openRouted([say("a"), say("b")], {
      settings: { routes },
      providers: [{ weight: 3 }, { weight: 50 }],
    });
    for (let run = 0; run < 40; run++) await routed.ask({ model: "split" });
    expect(routed.counts()).toEqual([30, 10]);
  });

  test("takes the cheapest, the least busy and the fastest", async () => {
    const routes = ["cheapest", "least_busy", "lowest_latency"].map((strategy) => ({
      name: strategy,
      strategy,
      providers: [to("A"), to("B")],
    }));
    const prices = [
      { model: "m", provider: "A", input: 3, output: 15 },
      { model: "m*", provider: "B", input: 1, output: 2 },
    ];
    let waitMs = 60;
    const slow: Script = () => [{ waitMs }, ...openaiText("a")];
    await using routed = await openRouted([slow, say("b")], { settings: { routes, prices } });
    const startedAt = performance.now();
    expect(textOf(await routed.ask({ model: "cheapest" }))).toBe("b");
    // Slower than the other one's first answer, which takes the longest, on any machine.
    waitMs = Math.max(waitMs, 3 * (performance.now() - startedAt));
    // Whoever is not known yet is tried first; then the faster one stays.
    expect(textOf(await routed.ask({ model: "lowest_latency" }))).toBe("a");
    for (let run = 0; run < 3; run++) expect(textOf(await routed.ask({ model: "lowest_latency" }))).toBe("b");
    const [first, second] = await Promise.all([
      routed.ask({ model: "least_busy" }),
      routed.ask({ model: "least_busy" }),
    ]);
    expect([textOf(first), textOf(second)].sort()).toEqual(["a", "b"]);
  });

  test("takes a target only when its conditions hold", async () => {
    const picture = [
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
    ];
    const routes = [
      {
        name: "fit",
        providers: [
          to("A", { when: { capability: ["vision"] } }),
          to("B", { when: { max_prompt_tokens: 20 } }),
          to("C", { when: { max_price: 1, min_context: 1000 } }),
          to("D", { when: { max_errors: 0 } }),
          to("E"),
        ],
      },
    ];
    const prices = [{ model: "m", provider: "C", input: 2, output: 8 }];
    let isBroken = false;
    const sometimes: Script = () => (isBroken ? answer(500, {}) : openaiText("d"));
    await using routed = await openRouted([say("a"), say("b"), say("c"), sometimes, say("e")], {
      settings: { routes, prices },
    });
    const ask = async (body: object = {}) => {
      const events = await routed.ask({ model: "fit", ...body });
      return { text: textOf(events), skips: skipsOf(logsOf(events)) };
    };
    expect((await ask({ messages: picture })).text).toBe("a");
    expect(await ask()).toEqual({
      text: "b",
      skips: [
        "A skipped: its condition capability does not hold: not needed",
        "C skipped: its condition max_price does not hold: it costs 3.5",
      ],
    });
    const long = [{ role: "user", content: "word ".repeat(100) }];
    expect(await ask({ messages: long })).toMatchObject({
      text: "d",
      skips: expect.arrayContaining([
        "B skipped: its condition max_prompt_tokens does not hold: the prompt has about 129 tokens",
      ]),
    });
    isBroken = true;
    await ask({ messages: long });
    expect(await ask({ messages: long })).toMatchObject({
      text: "e",
      skips: expect.arrayContaining(["D skipped: its condition max_errors does not hold: it failed 1 times"]),
    });
  });

  test("knows how much a vendor says is left", async () => {
    const balance = { balance_infos: [{ currency: "USD", total_balance: "0.5" }] };
    using upstream = openUpstream(({ path }) =>
      path.endsWith("/user/balance") ? answer(200, balance) : openaiText("deep"),
    );
    using other = openUpstream(say("other"));
    const yaml = Bun.YAML.stringify({
      providers: [
        { name: "Deep", type: "deepseek", base_url: upstream.origin, api_key: "test-key-0123", models: ["m"] },
        { name: "Other", type: "openai", base_url: other.origin, api_key: "test-key-0123", models: ["m"] },
      ],
      routes: [{ name: "rich", providers: [to("Deep", { when: { min_quota: 1 } }), to("Other")] }],
    });
    await using app = await openApp({ yaml });
    const ask = async () => (await app.post({ messages: user, model: "rich" })).text();
    // What is not known yet speaks for it.
    expect(await ask()).toContain('"deep"');
    while (!app.services.quotas.known(app.services.registry.get("Deep"))) await Bun.sleep(5);
    const second = await ask();
    expect(second).toContain('"other"');
    expect(second).toContain("Deep skipped: its condition min_quota does not hold: 0.5 are left");
  });

  test("that names nobody, or the name of another, is refused when the server starts", async () => {
    const refusal = async (routes: unknown) => {
      const opened = openRouted([fine], { settings: { routes } });
      return opened.then(
        () => "",
        (thrown: Error) => thrown.message.replace(/^.*parley\.yaml: /, ""),
      );
    };
    expect(await refusal([{ name: "x", providers: [to("Nobody")] }])).toBe(
      "routes: x names Nobody, and no provider is called so",
    );
    expect(await refusal([to("A"), to("A")].map((target) => ({ name: "x", providers: [target] })))).toBe(
      "routes: two have the name x",
    );
    expect(await refusal([{ name: "x", providers: [] }])).toMatch(/^routes\[0\]\.providers: expected array length/);
    expect(await refusal([{ name: "x", strategy: "best", providers: [to("A")] }])).toBe(
      "routes[0].strategy: expected one of order, weighted, least_busy, lowest_latency, cheapest",
    );
    expect(await refusal([{ name: "x", providers: [to("A", { when: { max_prise: 1 } })] }])).toBe(
      "there is no setting routes[0].providers[0].when.max_prise; did you mean max_price?",
    );
  });
});

describe("several keys of one provider", () => {
  const keyOf = ({ headers }: { headers: Readonly<Record<string, string>> }) => headers.authorization?.slice(-5);

  test("take turns", async () => {
    await using routed = await openRouted([fine], { providers: [{ api_key: ["key-1", "key-2", "key-3"] }] });
    for (let run = 0; run < 6; run++) await routed.ask();
    const used = routed.upstreams[0]!.requests.map(keyOf);
    expect(used).toEqual(["key-1", "key-2", "key-3", "key-1", "key-2", "key-3"]);
  });

  test("stand in for one that is limited or refused, which cools alone", async () => {
    const limited: Script = (request) =>
      keyOf(request) === "key-1" ? answer(429, {}, { "retry-after": "30" }) : openaiText("fine");
    await using routed = await openRouted([limited], { providers: [{ api_key: ["key-1", "key-2"] }] });
    const events = await routed.ask();
    expect(textOf(events)).toBe("fine");
    expect(messagesOf(events)).toEqual(["A answered 429; trying A"]);
    for (let run = 0; run < 4; run++) {
      const later = await routed.ask();
      expect(logsOf(later)).toContain("A/m (key 1) skipped: cooling for 30 s after RateLimitError");
    }
    expect(routed.upstreams[0]!.requests.map(keyOf).filter((key) => key === "key-1")).toHaveLength(1);
    const infos = await (await routed.app.get("/backend-api/v2/providers")).json();
    expect(infos.find(({ name }: { name: string }) => name === "A")).toMatchObject({ status: "up", errors: 1 });
  });

  test("do not help against a server that fails", async () => {
    const down: Script = () => answer(500, {});
    await using routed = await openRouted([down, fine], { providers: [{ api_key: ["key-1", "key-2"] }] });
    await routed.ask();
    const later = await routed.ask();
    expect(logsOf(later)).toContain("A skipped: cooling for 15 s after ResponseError");
  });

  test("none of them is told to anybody", async () => {
    const gossip: Script = () => answer(400, { error: { message: "no: key-secret-2 nor key-secret-1" } });
    await using routed = await openRouted([gossip], { providers: [{ api_key: ["key-secret-1", "key-secret-2"] }] });
    const text = await (await routed.app.post({ messages: user, provider: "A", model: "m" })).text();
    expect(text).toContain("A answered 400");
    expect(text).not.toMatch(/key-secret/);
  });
});

describe("limits of a provider", () => {
  test("at once: the router goes on to the next, and a named one refuses with the time to wait", async () => {
    const slow: Script = () => [...chunked([": wait\n\n"]), "hang"];
    await using routed = await openRouted([slow, fine], { providers: [{ limits: { concurrent: 1 } }] });
    const first = await routed.app.post({ messages: user, provider: "A", model: "m" });
    const second = await routed.ask();
    expect(textOf(second)).toBe("fine");
    expect(logsOf(second)).toContain("A skipped: 1 answers at once are its limit");
    const refused = await routed.app.post({ messages: user, provider: "A", model: "m" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect((await refused.json()).error).toEqual({
      code: "rate_limited",
      message: "nobody may be asked now: A: 1 answers at once are its limit",
    });
    await until(() => routed.counts()[0] === 1);
    await first.body?.cancel();
    await routed.upstreams[0]!.requests[0]!.closed;
    while (routed.app.services.load.busy("A") > 0) await Bun.sleep(5);
    const again = await routed.app.post({ messages: user, provider: "A", model: "m" });
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  test("questions and tokens in a minute, which go by", async () => {
    let now = 1_000_000;
    const told: Script = () => [
      ...chunked([
        `data: {"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":90,"completion_tokens":20}}\n\n`,
        "data: [DONE]\n\n",
      ]),
      "0\r\n\r\n",
    ];
    await using routed = await openRouted([fine, told, fine], {
      clock: () => now,
      providers: [{ limits: { requests_per_minute: 2 } }, { limits: { tokens_per_minute: 100 } }],
    });
    for (let run = 0; run < 2; run++) expect(providersOf(await routed.ask())).toContain("A");
    expect(logsOf(await routed.ask())).toContain("A skipped: 2 questions a minute are its limit");
    const third = await routed.ask();
    expect(logsOf(third)).toContain("B skipped: 100 tokens a minute are its limit");
    expect(providersOf(third)).toContain("C");
    now += 61_000;
    expect(providersOf(await routed.ask())).toContain("A");
  });
});

describe("a prompt that is too long", () => {
  const models = (context_length: number) => answer(200, { data: [{ id: "m", context_length }] });
  const withContext =
    (context: number, then: Script): Script =>
    (request, count) =>
      request.path.endsWith("/models") ? models(context) : then(request, count);
  const long = [{ role: "user", content: "word ".repeat(1000) }];

  test("goes to a model that reads as much", async () => {
    await using routed = await openRouted([withContext(500, fine), withContext(5000, say("roomy"))], {
      providers: [{ models: undefined }, { models: undefined }],
    });
    const events = await routed.ask({ messages: long });
    expect(textOf(events)).toBe("roomy");
    expect(logsOf(events)).toContain("A skipped: it reads 500 tokens, and the prompt has about 1254");
    expect(textOf(await routed.ask())).toBe("fine");
  });

  test("goes to the one that reads most where nobody is known to read as much", async () => {
    await using routed = await openRouted([withContext(500, fine), withContext(900, say("most"))], {
      providers: [{ models: undefined }, { models: undefined }],
    });
    expect(textOf(await routed.ask({ messages: long }))).toBe("most");
  });

  test("is not sent to smaller models once one has refused it for that", async () => {
    const refuse: Script = () =>
      answer(400, {
        error: { message: "This model's maximum context length is 8192 tokens.", code: "context_length_exceeded" },
      });
    await using routed = await openRouted(
      [withContext(8000, refuse), withContext(8000, say("same")), withContext(20_000, say("larger"))],
      { providers: [{ models: undefined }, { models: undefined }, { models: undefined }] },
    );
    const events = await routed.ask({ messages: long });
    expect(textOf(events)).toBe("larger");
    expect(logsOf(events)).toContain("B/m skipped: it reads no more than A/m");
  });
});

test("a model that a provider says it does not have is neither listed nor routed to, for a while", async () => {
  let now = 1_000_000;
  const gone: Script = () => answer(404, { error: { message: "The model `m` does not exist" } });
  await using routed = await openRouted([gone, fine], { clock: () => now });
  await routed.ask();
  const later = await routed.ask();
  expect(routed.counts()).toEqual([1, 2]);
  expect(logsOf(later)).toContain("A skipped: it has said that it does not have m");
  const providers = async () =>
    (await (await routed.app.get("/backend-api/v2/models")).json()).find(({ name }: { name: string }) => name === "m")
      .providers;
  expect(await providers()).toEqual(["B"]);
  now += 11 * 60_000;
  expect(await providers()).toEqual(["A", "B"]);
});

test("models of a provider whose key is refused are not listed while it cools for that", async () => {
  let now = 1_000_000;
  await using routed = await openRouted([() => answer(401, {}), fine], {
    clock: () => now,
    providers: [{}, { models: ["other"] }],
  });
  const names = async () =>
    (await (await routed.app.get("/backend-api/v2/models")).json()).map(({ name }: { name: string }) => name);
  await routed.ask({ provider: "A" });
  expect(await names()).toEqual(["help", "other"]);
  now += 61_000;
  expect(await names()).toEqual(["help", "m", "other"]);
});

describe("providers that answer strangers", () => {
  test("are never chosen, nor asked for their models, until the operator wants it; naming one asks it", async () => {
    await using app = await openApp();
    const { registry, router } = app.services;
    const publics = registry
      .list()
      .filter(({ isPublic }) => isPublic)
      .map(({ name }) => name);
    expect(publics).toEqual(["Pollinations", "OVHcloud"]);
    expect(registry.select().map(({ name }) => name)).toEqual(["Builtin"]);
    const named = await router.explain({ provider: "Pollinations", model: "openai-fast" }, {});
    expect(named.candidates).toMatchObject([{ provider: "Pollinations", model: "openai-fast" }]);
    const infos = await (await app.get("/backend-api/v2/providers")).json();
    for (const name of publics)
      expect(infos.find((info: { name: string }) => info.name === name)).toMatchObject({
        auth: false,
        public: true,
        configured: true,
        active_by_default: false,
      });
    await using open = await openApp({ flags: { public_providers: "true" } });
    expect(open.services.registry.select().map(({ name }) => name)).toEqual([...publics, "Builtin"]);
  });

  test("are as any other with a key of one's own", async () => {
    await using app = await openApp({ environment: { OVH_AI_ENDPOINTS_ACCESS_TOKEN: "test-key-0123" } });
    expect(app.services.registry.select().map(({ name }) => name)).toEqual(["OVHcloud", "Builtin"]);
  });
});

describe("what an answer costs", () => {
  const priced = (usage: object): Script => {
    const chunk = { model: "gpt-4o-2024-08-06", choices: [{ delta: { content: "x" }, finish_reason: "stop" }], usage };
    return () => [...chunked([`data: ${JSON.stringify(chunk)}\n\n`, "data: [DONE]\n\n"]), "0\r\n\r\n"];
  };
  const usage = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } };
  const costOf = (events: Awaited<ReturnType<Awaited<ReturnType<typeof openRouted>>["ask"]>>) =>
    events.find((event) => event.type === "usage")?.cost;

  test("is reckoned by the operator's price, cached tokens apart, and stored with its row", async () => {
    const prices = [{ model: "gpt-4o*", input: 2.5, output: 10, cached_input: 1.25 }];
    await using routed = await openRouted([priced(usage)], { settings: { prices } });
    const response = await routed.app.post({ messages: user, provider: "A", model: "gpt-4o" });
    expect(await response.text()).toContain('"cost":0.003');
    const row = await routed.app.services.store.usage.find(response.headers.get("x-run-id") ?? "");
    expect(row?.cost).toBe(0.003);
  });

  test("is what the vendor says it is, where it does", async () => {
    const prices = [{ model: "gpt-4o*", input: 2.5, output: 10 }];
    await using routed = await openRouted([priced({ ...usage, cost: 0.00042 })], { settings: { prices } });
    expect(costOf(await routed.ask({ provider: "A", model: "gpt-4o" }))).toBe(0.00042);
  });

  test("is not told where nothing is known: the table holds for the vendor's own address alone", async () => {
    await using routed = await openRouted([priced(usage)]);
    expect(costOf(await routed.ask({ provider: "A", model: "gpt-4o" }))).toBeUndefined();
  });

  test("stands in the lists of models, from the table where the vendor's list is silent", async () => {
    await using app = await openApp({ yaml: "providers: [{ name: OpenAI, api_key: k, models: [gpt-4o-2024-08-06] }]" });
    const [model] = await (await app.get("/backend-api/v2/models/OpenAI")).json();
    expect(model).toMatchObject({ pricing: { input: 2.5, output: 10, cached_input: 1.25 }, context_length: 128_000 });
  });
});
