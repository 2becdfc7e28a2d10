import { describe, expect, test } from "bun:test";
import { ApiError } from "../../src/protocol/errors.ts";
import { textOf } from "../support/events.ts";
import { logsOf, messagesOf, openRouted, providersOf, user } from "../support/routed.ts";
import { answer, chunked, openaiText, type Script } from "../support/scripted-upstream.ts";

/** What the server learns of its providers, and what it must not. */

const fine: Script = () => openaiText("fine");
const down: Script = () => answer(500, { error: { message: "oops" } });
const role = `data: {"model":"m","choices":[{"delta":{"role":"assistant"}}]}\n\n`;
type Routed = Awaited<ReturnType<typeof openRouted>>;

function coolingOf({ app: { services } }: Routed, name = "A", model = "m"): number {
  const found = services.health.cooling({ provider: services.registry.get(name), model });
  return Math.round((found?.ms ?? 0) / 1000);
}

describe("failures", () => {
  test("that happen at once count once", async () => {
    const { promise: asked, resolve: fail } = Promise.withResolvers<void>();
    const slowly: Script = (_, count) => {
      if (count === 10) fail();
      return [{ until: asked }, ...answer(500, {})];
    };
    await using routed = await openRouted([slowly, fine]);
    await Promise.all(Array.from({ length: 10 }, () => routed.ask()));
    expect(routed.counts()[0]).toBe(10);
    expect(coolingOf(routed)).toBe(15);
  });

  test("are not forgotten for an answer that began before them, nor for a question's own fault", async () => {
    const script: Script = (_, count) => {
      if (count === 1) return [{ waitMs: 200 }, ...openaiText("late")];
      return count === 2 ? answer(429, {}, { "retry-after": "120" }) : answer(400, { error: { message: "no" } });
    };
    await using routed = await openRouted([script], { clock: () => 1_000_000 });
    const early = routed.ask({ provider: "A" });
    while (routed.counts()[0] === 0) await Bun.sleep(5);
    await routed.ask({ provider: "A" });
    expect(textOf(await early)).toBe("late");
    expect(coolingOf(routed)).toBe(120);
    await routed.ask({ provider: "A" });
    expect(coolingOf(routed)).toBe(120);
  });

  test("double also where an answer breaks after its first word", async () => {
    let now = 1_000_000;
    const broken: Script = () => [
      ...chunked([`data: {"model":"m","choices":[{"delta":{"content":"Hm"}}]}\n\n`]),
      { waitMs: 10 },
      "reset",
    ];
    await using routed = await openRouted([broken], { clock: () => now });
    await routed.ask();
    expect(coolingOf(routed)).toBe(15);
    now += 16_000;
    await routed.ask();
    expect(coolingOf(routed)).toBe(30);
  });

  test("of a question do not become the provider's by what the caller wrote", async () => {
    const echo: Script = ({ body }) => answer(400, { error: { message: `Invalid value: '${JSON.parse(body).user}'` } });
    await using routed = await openRouted([echo]);
    for (const words of ["insufficient credits", "invalid api key", "unknown model"]) {
      await routed.ask({ provider: "A", user: words });
      expect(coolingOf(routed)).toBe(0);
    }
    const models = await (await routed.app.get("/backend-api/v2/models/A")).json();
    expect(models.map(({ id }: { id: string }) => id)).toEqual(["m"]);
  });

  test("that name a model cool that model alone", async () => {
    const limited: Script = ({ body }) =>
      JSON.parse(body).model === "big-model"
        ? answer(429, { error: { message: "big-model is rate-limited" } }, { "retry-after": "60" })
        : openaiText("fine");
    await using routed = await openRouted([limited], { providers: [{ models: ["big-model", "m"] }] });
    await routed.ask({ model: "big-model" });
    expect([coolingOf(routed, "A", "big-model"), coolingOf(routed)]).toEqual([60, 0]);
    expect(textOf(await routed.ask())).toBe("fine");
  });

  test("by a caller's own limits are the caller's", async () => {
    const silent: Script = () => [...chunked([": keep-alive\n\n"]), "hang"];
    await using routed = await openRouted([silent]);
    const events = await routed.ask({ stream_timeout: 0.1 });
    expect(events.find((event) => event.type === "error")?.error).toBe("TimeoutError");
    expect(coolingOf(routed)).toBe(0);
  });
});

describe("a time to wait", () => {
  test("that is none, past or unreadable leaves the usual one, and only of a status that has it", async () => {
    const told: [number, string, number][] = [
      [429, "0", 30],
      [429, "-5", 30],
      [429, "Thu, 01 Jan 2015 00:00:00 GMT", 30],
      [429, "soon", 30],
      [429, "7", 7],
      [401, "1", 60],
    ];
    for (const [status, value, seconds] of told) {
      await using routed = await openRouted([() => answer(status, {}, { "retry-after": value })]);
      await routed.ask({ provider: "A" });
      expect([status, value, coolingOf(routed)]).toEqual([status, value, seconds]);
    }
  });

  test("grows while others keep naming the provider: each failure after the last counts, those beside it do not", async () => {
    let now = 1_000_000;
    await using routed = await openRouted([down], { clock: () => now });
    for (const seconds of [15, 30, 60]) {
      now += 10;
      await Promise.all([routed.ask({ provider: "A" }), routed.ask({ provider: "A" })]);
      expect(coolingOf(routed)).toBe(seconds);
    }
  });
});

test("a long time to wait is not shortened by another failure", async () => {
  const script: Script = (_, count) => (count === 1 ? answer(429, {}, { "retry-after": "500" }) : answer(500, {}));
  await using routed = await openRouted([script]);
  await routed.ask({ provider: "A" });
  await routed.ask({ provider: "A" });
  expect(coolingOf(routed)).toBe(500);
});

test("a route's shares are its targets', also for those who ignore one of them", async () => {
  const providers = ["A", "B", "C"].map((provider) => ({ provider, model: "m" }));
  await using routed = await openRouted([fine, fine, fine], {
    settings: { routes: [{ name: "split", strategy: "weighted", providers }] },
  });
  for (let run = 0; run < 30; run++) {
    await routed.ask({ model: "split" });
    await routed.ask({ model: "split", ignored: ["A"] });
  }
  expect(Math.min(...routed.counts())).toBeGreaterThanOrEqual(10);
});

describe("the one run that tries a cooled provider", () => {
  test("is followed by the others once it has begun to answer", async () => {
    let now = 1_000_000;
    const script: Script = (_, count) => {
      if (count === 1) return answer(500, {});
      const piece = `data: {"model":"m","choices":[{"delta":{"content":"Hm"}}]}\n\n`;
      return [...chunked([piece]), "hang"];
    };
    await using routed = await openRouted([script, fine], { clock: () => now });
    await routed.ask();
    now += 16_000;
    const first = await routed.app.post({ messages: user, model: "m" });
    while (coolingOf(routed) > 0 || routed.counts()[0] !== 2) await Bun.sleep(5);
    const others = await Promise.all([0, 1, 2].map(() => routed.app.post({ messages: user, model: "m" })));
    while (routed.counts()[0] !== 5) await Bun.sleep(5);
    expect(routed.counts()[1]).toBe(1);
    await Promise.all([first, ...others].map((response) => response.body?.cancel()));
  });

  test("keeps nobody away once its caller has left", async () => {
    let now = 1_000_000;
    let isDown = true;
    const script: Script = () => (isDown ? answer(500, {}) : ["hang"]);
    await using routed = await openRouted([script, fine], { clock: () => now });
    await routed.ask();
    now += 16_000;
    isDown = false;
    const controller = new AbortController();
    const body = JSON.stringify({ messages: user, model: "m" });
    const asked = fetch(`${routed.app.origin}/backend-api/v2/conversation`, {
      method: "POST",
      body,
      signal: controller.signal,
    });
    while (routed.counts()[0] !== 2) await Bun.sleep(5);
    expect(coolingOf(routed)).toBe(15);
    controller.abort();
    await asked.then((response) => response.text()).catch(() => {});
    while (routed.app.services.load.busy("A") > 0) await Bun.sleep(5);
    expect(coolingOf(routed)).toBe(0);
  });

  test("keeps nobody away once another one was faster", async () => {
    let now = 1_000_000;
    const script: Script = (_, count) => (count === 1 ? answer(500, {}) : ["hang"]);
    await using routed = await openRouted([script, fine], { clock: () => now, flags: { hedge_after: "0.03" } });
    await routed.ask();
    now += 16_000;
    expect(textOf(await routed.ask())).toBe("fine");
    expect(routed.counts()[0]).toBe(2);
    expect(coolingOf(routed)).toBe(0);
  });
});

describe("a caller's own key", () => {
  test("uses up nothing of the server's limits", async () => {
    await using routed = await openRouted([fine], { providers: [{ limits: { requests_per_minute: 1 } }] });
    for (let run = 0; run < 3; run++)
      expect(textOf(await routed.ask({ provider: "A", api_key: "own-key-0123" }))).toBe("fine");
    expect(textOf(await routed.ask({ provider: "A" }))).toBe("fine");
    expect((await routed.app.post({ messages: user, provider: "A", model: "m" })).status).toBe(429);
  });

  test("travels alone: no header of the operator's stands in its place, or beside it", async () => {
    const headers = { Authorization: "Bearer server-secret-1", "x-team": "research" };
    await using routed = await openRouted([fine], { providers: [{ headers }] });
    await routed.ask({ provider: "A", api_key: "own-key-0123" });
    await routed.ask({ provider: "A" });
    const sent = routed.upstreams[0]!.requests.map(({ headers }) => [headers.authorization, headers["x-team"]]);
    expect(sent).toEqual([
      ["Bearer own-key-0123", "research"],
      ["Bearer server-secret-1", "research"],
    ]);
  });

  test("for a list must be one that a header can hold", async () => {
    await using routed = await openRouted([fine]);
    for (const key of ["a b", "k\u00e9y"]) {
      const answer = await routed.app.get("/backend-api/v2/models/A", { headers: { "x-api-key": key } });
      expect([answer.status, (await answer.json()).error.code]).toEqual([400, "invalid_request"]);
    }
  });
});

describe("several keys", () => {
  const keys = { api_key: ["key-1", "key-2", "key-3"] };

  test("are not tried in turn for what no key mends", async () => {
    for (const status of [400, 500]) {
      await using routed = await openRouted([() => answer(status, { error: { message: "no" } })], {
        providers: [keys],
      });
      const events = await routed.ask({ provider: "A" });
      expect(routed.counts()).toEqual([1]);
      expect(messagesOf(events)).toEqual([]);
    }
  });

  test("are nobody else: one that is slow is waited for, and a hedge goes to another provider", async () => {
    const slow: Script = () => [{ waitMs: 400 }, ...openaiText("slow")];
    await using alone = await openRouted([slow], { providers: [keys], flags: { first_token_timeout: "0.1" } });
    expect(textOf(await alone.ask())).toBe("slow");
    expect(alone.counts()).toEqual([1]);
    await using hedged = await openRouted([() => ["hang"], fine], {
      providers: [keys],
      flags: { hedge_after: "0.03" },
    });
    expect(textOf(await hedged.ask())).toBe("fine");
    expect(hedged.counts()).toEqual([1, 1]);
  });
});

describe("a race", () => {
  test("loses nothing of what either says, however slowly it is written down", async () => {
    const named = (name: string) => `data: {"model":"${name}","choices":[{"delta":{"role":"assistant"}}]}\n\n`;
    const chatty: Script = () => [...chunked(Array.from({ length: 20 }, (_, index) => named(`m-${index}`))), "hang"];
    const speaks: Script = () => [{ waitMs: 3 }, ...openaiText("0123", "456", "789")];
    const fails: Script = () => [{ waitMs: 3 }, ...answer(400, { error: { message: "no" } })];
    const patient: Script = () => [
      ...chunked(Array.from({ length: 20 }, (_, index) => named(`m-${index}`))),
      { waitMs: 30 },
      ...openaiText("0123456789").slice(1),
    ];
    for (const scripts of [
      [chatty, speaks],
      [patient, fails],
    ]) {
      await using routed = await openRouted(scripts, { flags: { hedge_after: "0.001" } });
      for (let batch = 0; batch < 5; batch++) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => routed.ask({ resumable: true })));
        for (const events of answers) expect(textOf(events)).toBe("0123456789");
      }
    }
  });

  test("is not won by an answer without a word", async () => {
    const empty: Script = () => [...chunked([role, "data: [DONE]\n\n"]), "0\r\n\r\n"];
    await using routed = await openRouted([empty, fine]);
    const events = await routed.ask();
    expect(messagesOf(events)).toEqual(["A answered nothing; trying B"]);
    expect(textOf(events)).toBe("fine");
    // The question may have wanted it so.
    expect(coolingOf(routed)).toBe(0);
    // Nobody else is there: an empty answer is one.
    await using alone = await openRouted([empty]);
    expect((await alone.ask()).at(-2)).toEqual({ type: "finish", finish: { reason: "stop" } });
  });

  test("that is cancelled, or takes too long, says so and nothing else", async () => {
    const hang: Script = () => [...chunked([role]), "hang"];
    await using routed = await openRouted([hang, hang], { flags: { hedge_after: "0.03" } });
    const late = await routed.ask({ timeout: 0.3 });
    expect(providersOf(late)).toEqual(["AnyProvider", "A"]);
    expect(messagesOf(late)).toEqual([]);
    expect(late.filter(({ type }) => type === "error")).toHaveLength(1);
    expect(late.find((event) => event.type === "error")?.message).toContain("took longer than 0.3 s");
  });

  test("waits for the last one left, however late it is", async () => {
    const slow: Script = () => [{ waitMs: 500 }, ...openaiText("slow")];
    await using routed = await openRouted([slow, down], {
      flags: { hedge_after: "0.05", first_token_timeout: "0.2" },
    });
    expect(textOf(await routed.ask())).toBe("slow");
  });

  test("does not take in one that cools", async () => {
    const slow: Script = (_, count) => (count === 1 ? answer(500, {}) : [{ waitMs: 150 }, ...openaiText("a")]);
    let now = 1_000_000;
    await using routed = await openRouted([slow, down], { clock: () => now, flags: { hedge_after: "0.03" } });
    await routed.ask();
    // A's cooling is over by now, and B's is not, since it was asked to wait longer.
    routed.app.services.health
      .begin({ provider: routed.app.services.registry.get("B"), model: "m" })
      .failed(new ApiError("rate_limited", "no", { retryAfterMs: 60_000 }));
    now += 16_000;
    const before = routed.counts()[1];
    expect(textOf(await routed.ask())).toBe("a");
    expect(routed.counts()[1]).toBe(before);
  });
});

describe("names from outside", () => {
  test("have an end: what is longer, or more, is refused before anything looks at it", async () => {
    await using routed = await openRouted([fine]);
    const long = "-o1".repeat(100);
    for (const body of [
      { model: long },
      { ignored: Array(101).fill("z") },
      { ignored: [long] },
      { provider: [long] },
      { api_key: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`p${index}`, "k"])) },
    ]) {
      const refused = await routed.app.post({ messages: user, ...body });
      expect([refused.status, (await refused.json()).error.code]).toEqual([400, "invalid_request"]);
    }
  });

  test("are remembered up to a number", async () => {
    await using routed = await openRouted([fine]);
    const { health, registry } = routed.app.services;
    for (let index = 0; index < 10_100; index++)
      health.begin({ provider: registry.get("A"), model: `model-${index}` }).firstToken();
    expect(health.latencyMs("A", "model-50")).toBeUndefined();
    expect(health.latencyMs("A", "model-10050")).toBeNumber();
  });
});

describe("what a vendor says of itself", () => {
  test("in numbers that cannot be is not believed, and breaks no list", async () => {
    const models = [
      { id: "huge", pricing: { prompt: "1e303", completion: "1" } },
      { id: "negative", pricing: { prompt: "-1", completion: "-1" } },
      { id: "fine", pricing: { prompt: "0.000001", completion: "0.000002" } },
      { id: "" },
      { id: "x".repeat(300) },
      { id: "bell\u0007" },
    ];
    const script: Script = ({ path }) => (path.endsWith("/models") ? answer(200, { data: models }) : openaiText("x"));
    await using routed = await openRouted([script], { providers: [{ type: "openrouter", models: undefined }] });
    const listed = await (await routed.app.get("/backend-api/v2/models/A")).json();
    expect(listed.map(({ id, pricing }: { id: string; pricing?: object }) => [id, pricing])).toEqual([
      ["huge", undefined],
      ["negative", undefined],
      ["fine", { input: 1, output: 2 }],
    ]);
    expect((await routed.app.get("/backend-api/v2/route?model=huge")).status).toBe(200);
  });

  test("of a model counts only where it names it as a word of its own", async () => {
    const limited: Script = () => answer(429, { error: { message: "slow down" } });
    await using routed = await openRouted([limited], { providers: [{ models: ["answered", "other"] }] });
    await routed.ask({ model: "answered" });
    expect(coolingOf(routed, "A", "other")).toBe(30);
  });
});

test("what is explained changes nothing", async () => {
  const routes = [
    {
      name: "split",
      strategy: "weighted",
      providers: [
        { provider: "A", model: "m" },
        { provider: "B", model: "m" },
      ],
    },
  ];
  await using routed = await openRouted([() => openaiText("a"), () => openaiText("b")], {
    settings: { routes },
    providers: [{ api_key: ["key-1", "key-2"] }],
  });
  const texts: string[] = [];
  for (let run = 0; run < 6; run++) {
    texts.push(textOf(await routed.ask({ model: "split" })));
    for (const query of ["model=split", "provider=A&model=m"]) await routed.app.get(`/backend-api/v2/route?${query}`);
  }
  expect(texts.join("")).toBe("ababab");
  expect(routed.upstreams[0]!.requests.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer key-1",
    "Bearer key-2",
    "Bearer key-1",
  ]);
});

test("settings that could mean nothing are refused, or warned of", async () => {
  const refusal = async (settings: object, environment = {}) =>
    openRouted([fine], { settings: settings as Record<string, unknown>, environment }).then(
      async (routed) => {
        await routed[Symbol.asyncDispose]();
        return "";
      },
      (thrown: Error) => thrown.message.replace(/^.*parley\.yaml: /, ""),
    );
  const target = { provider: "A", model: "m" };
  expect(await refusal({ routes: [{ name: "auto", providers: [target] }] })).toContain(
    "cannot be asked for by that name",
  );
  expect(
    await refusal({ routes: [{ name: "x", providers: [{ ...target, when: { capability: ["reasoning"] } }] }] }),
  ).toBe("routes[0].providers[0].when.capability[0]: expected one of vision, audio, tools");
  expect(await refusal({ prices: [{ model: "m", provider: "Nobdy", input: 1, output: 1 }] })).toContain(
    "prices: m names Nobdy",
  );
  await using routed = await openRouted([fine], { environment: { PARLEY_ROUTES: "x" } });
  expect(routed.app.services.config.warnings).toEqual([expect.stringContaining("PARLEY_ROUTES is set")]);
});

test("the operator's price holds for the model as it was asked for, and as it answers, before every other", async () => {
  const chunk = { model: "gpt-4o-2024-08-06", choices: [{ delta: { content: "x" }, finish_reason: "stop" }] };
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 };
  const script: Script = () => [
    ...chunked([`data: ${JSON.stringify({ ...chunk, usage })}\n\n`, "data: [DONE]\n\n"]),
    "0\r\n\r\n",
  ];
  for (const model of ["gpt-4o", "gpt-4o-2024-08-06"]) {
    await using routed = await openRouted([script], {
      settings: { prices: [{ model, provider: "a", input: 7, output: 0 }] },
    });
    const events = await routed.ask({ provider: "A", model: "gpt-4o" });
    expect(events.find((event) => event.type === "usage")?.cost).toBe(7);
    expect(logsOf(events)).toEqual([]);
  }
});
