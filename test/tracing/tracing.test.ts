import { describe, expect, test } from "bun:test";
import { openaiTurn, inTurns, searching } from "../support/calling-upstream.ts";
import { openChannel } from "../support/channel.ts";
import { attributesOf, openCollector, type TestCollector, type WrittenSpan } from "../support/collector.ts";
import { makeKey } from "../support/keys.ts";
import { openRouted, type RoutedOptions, user } from "../support/routed.ts";
import { answer, chunked, openaiText, type Script } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const fine: Script = (_, count) => openaiTurn({ text: "fine" }, count);
const silent: Script = () => [...chunked([": thinking\n\n"]), "hang"];

const server = 2;
const client = 3;
const failed = 2;

/** Providers A, B, … and a collector that reads JSON. */
async function openTraced(collector: TestCollector, scripts: readonly Script[], options: RoutedOptions = {}) {
  return openRouted(scripts, {
    ...options,
    flags: { otlp_endpoint: collector.origin, otlp_protocol: "http/json", ...options.flags },
  });
}

const named = (spans: readonly WrittenSpan[], name: string) => spans.filter((span) => span.name === name);
const msBetween = (from: string, until: string) => Number(BigInt(until) - BigInt(from)) / 1e6;

describe("a run", () => {
  test("is a span, and below it each provider that was asked, by the conventions", async () => {
    using collector = openCollector();
    let origins: string[];
    let runId: string | null;
    {
      const down: Script = () => answer(500, { error: { message: "oops" } });
      await using routed = await openTraced(collector, [down, fine], { flags: { otlp_service_name: "chat" } });
      origins = routed.upstreams.map(({ origin }) => new URL(origin).port);
      const response = await routed.app.post({ messages: user, model: "m" });
      runId = response.headers.get("x-run-id");
      await response.text();
    }
    expect(collector.posted[0]?.path).toBe("/v1/traces");
    expect(collector.posted[0]?.headers.get("content-type")).toBe("application/json");
    expect(collector.resource).toMatchObject({ "service.name": "chat", "service.version": expect.any(String) });
    const [run, ...others] = named(collector.spans, "run");
    const [first, second, ...more] = named(collector.spans, "chat m");
    if (!run || !first || !second) throw new Error("a span is missing");
    expect([others, more]).toEqual([[], []]);
    expect(run).toMatchObject({ kind: server, traceId: expect.stringMatching(/^[0-9a-f]{32}$/), status: { code: 0 } });
    expect(run.parentSpanId).toBeFalsy();
    expect(attributesOf(run)).toEqual({
      "parley.run.id": runId,
      "parley.run.outcome": "stop",
      "parley.run.asked": "m",
      "user.id": "local",
    });
    for (const each of [first, second])
      expect(each).toMatchObject({ kind: client, traceId: run.traceId, parentSpanId: run.spanId });
    expect(attributesOf(first)).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "a",
      "gen_ai.request.model": "m",
      "server.address": "127.0.0.1",
      "server.port": Number(origins[0]),
      "error.type": "ResponseError",
      "parley.run.id": runId,
      "parley.provider": "A",
      "parley.attempt.outcome": "failed",
      "parley.attempt.hedge": false,
      "parley.attempt.tool_emulation": false,
    });
    expect(first.status).toEqual({ code: failed });
    expect(attributesOf(second)).toMatchObject({
      "gen_ai.provider.name": "b",
      "gen_ai.response.model": "m",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 10,
      "parley.attempt.outcome": "answered",
    });
    expect(second.events.map(({ name }) => name)).toEqual(["first token"]);
    for (const each of [first, second]) {
      expect(msBetween(run.startTimeUnixNano, each.startTimeUnixNano)).toBeGreaterThanOrEqual(0);
      expect(msBetween(each.startTimeUnixNano, each.endTimeUnixNano)).toBeGreaterThanOrEqual(0);
      expect(msBetween(each.endTimeUnixNano, run.endTimeUnixNano)).toBeGreaterThanOrEqual(0);
    }
  });

  test("that was hedged has two at once, and tokens on the one that answered", async () => {
    using collector = openCollector();
    {
      await using routed = await openTraced(collector, [silent, fine], { flags: { hedge_after: "0.02" } });
      await routed.ask();
    }
    const attempts = named(collector.spans, "chat m").map(attributesOf);
    expect(attempts.map((each) => [each["parley.provider"], each["parley.attempt.outcome"]]).sort()).toEqual([
      ["A", "lost"],
      ["B", "answered"],
    ]);
    expect(attempts.map((each) => [each["parley.provider"], each["parley.attempt.hedge"]]).sort()).toEqual([
      ["A", false],
      ["B", true],
    ]);
    expect(attempts.filter((each) => "gen_ai.usage.input_tokens" in each)).toHaveLength(1);
  });

  test("that was cancelled is no failure, and one that failed is one", async () => {
    using collector = openCollector();
    {
      const cutOff: Script = (_, count) => (count === 1 ? silent(_, count) : answer(400, { error: { message: "no" } }));
      await using routed = await openTraced(collector, [cutOff]);
      const response = await routed.app.post({ messages: user, model: "m", provider: "A", resumable: true });
      await until(() => routed.counts()[0] === 1);
      await routed.app.get(`/backend-api/v2/runs/${response.headers.get("x-run-id")}/cancel`, { method: "POST" });
      await response.text();
      await routed.ask({ provider: "A" });
    }
    const runs = named(collector.spans, "run");
    expect(runs.map((run) => [attributesOf(run)["parley.run.outcome"], run.status.code])).toEqual([
      ["cancelled", 0],
      ["error", failed],
    ]);
    expect(attributesOf(runs[1]!)["error.type"]).toBeString();
    const attempts = named(collector.spans, "chat m");
    expect(attempts.map((each) => [attributesOf(each)["parley.attempt.outcome"], each.status.code])).toEqual([
      ["cancelled", 0],
      ["failed", failed],
    ]);
  });

  test("whose model called a tool of ours has a span for that", async () => {
    using collector = openCollector();
    {
      const script = inTurns(openaiTurn, [{ calls: [searching("tides")] }, { text: "twice" }]);
      await using routed = await openTraced(collector, [script], {
        // Nobody answers there: that it was tried is enough.
        flags: { searxng_url: "http://127.0.0.1:9/" },
      });
      await routed.ask({ provider: "A", web_search: "auto" });
    }
    const [run] = named(collector.spans, "run");
    const [call] = named(collector.spans, "execute_tool web_search");
    expect(call).toMatchObject({ kind: 1, parentSpanId: run?.spanId });
    expect(attributesOf(call!)).toMatchObject({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "web_search",
    });
  });
});

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const valid = `00-${traceId}-${spanId}-01`;

describe("a caller's trace", () => {
  const body = JSON.stringify({ model: "A/m", messages: user, max_tokens: 50, prompt: "Hello" });
  const doors: Readonly<Record<string, (origin: string, headers: Record<string, string>) => Promise<unknown>>> = {
    conversation: (origin, headers) => post(origin, "/backend-api/v2/conversation", headers),
    create: (origin, headers) =>
      fetch(`${origin}/backend-api/v2/create?prompt=Hello&model=m`, { headers }).then((answer) => answer.text()),
    "chat completions": (origin, headers) => post(origin, "/v1/chat/completions", headers),
    messages: (origin, headers) => post(origin, "/v1/messages", headers),
    "api/chat": (origin, headers) => post(origin, "/api/chat", headers),
    async channel(origin, headers) {
      using channel = await openChannel(origin, { headers });
      channel.send({ op: "run", id: "c1", request: { messages: [{ role: "user", content: "Hello" }], model: "m" } });
      await channel.events("c1");
    },
  };

  async function post(origin: string, path: string, headers: Record<string, string>) {
    const answer = await fetch(origin + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: path.startsWith("/backend-api") ? JSON.stringify({ messages: user, model: "m" }) : body,
    });
    return answer.text();
  }

  test("is gone on with, whatever the door, and what its headers say otherwise is nothing", async () => {
    using collector = openCollector();
    {
      await using routed = await openTraced(collector, [fine]);
      for (const ask of Object.values(doors)) await ask(routed.app.origin, { traceparent: valid });
      expect(routed.counts()).toEqual([Object.keys(doors).length]);
      // Nobody upstream hears of it.
      expect(routed.upstreams[0]?.requests.filter(({ headers }) => "traceparent" in headers)).toEqual([]);
    }
    const runs = named(collector.spans, "run");
    expect(runs.map((run) => [run.traceId, run.parentSpanId])).toEqual(Object.keys(doors).map(() => [traceId, spanId]));
    expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  });

  const odd = {
    "a later version with more behind it": { given: `01-${traceId}-${spanId}-01-more`, is: "followed" },
    "flags of later versions": { given: `00-${traceId}-${spanId}-ff`, is: "followed" },
    "one that is not recorded": { given: `00-${traceId}-${spanId}-00`, is: "left out" },
    "more behind this version": { given: `${valid}-more`, is: "new" },
    "a version that is none": { given: `ff-${traceId}-${spanId}-01`, is: "new" },
    "a trace of zeros": { given: `00-${"0".repeat(32)}-${spanId}-01`, is: "new" },
    "a span of zeros": { given: `00-${traceId}-${"0".repeat(16)}-01`, is: "new" },
    capitals: { given: valid.toUpperCase(), is: "new" },
    "two of them": { given: `${valid}, ${valid}`, is: "new" },
    nothing: { given: "", is: "new" },
    "what breaks JSON": { given: `00-"}],{"a":["-${spanId}-01`, is: "new" },
    "ten thousand dashes": { given: "-".repeat(10_000), is: "new" },
    "one of ten thousand letters": { given: `01-${traceId}-${spanId}-01-${"a".repeat(10_000)}`, is: "new" },
  } as const;

  test("that is odd is followed where it is sound, and else a new one begins", async () => {
    using collector = openCollector();
    {
      await using routed = await openTraced(collector, [fine]);
      for (const [name, { given }] of Object.entries(odd))
        await fetch(`${routed.app.origin}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json", traceparent: given },
          body: JSON.stringify({ model: "A/m", messages: user, user: name }),
        }).then((response) => response.text());
      expect(routed.counts()).toEqual([Object.keys(odd).length]);
    }
    const recorded = Object.values(odd).flatMap(({ is }) => (is === "left out" ? [] : [is]));
    const runs = named(collector.spans, "run");
    expect(
      runs.map(({ traceId: id, parentSpanId }) => (id === traceId && parentSpanId === spanId ? "followed" : "new")),
    ).toEqual(recorded);
    expect(runs.filter(({ traceId: id }) => !/^[0-9a-f]{32}$/.test(id))).toEqual([]);
  });
});

test("nothing of what is asked, answered or known by keys is sent, whatever becomes of the run", async () => {
  using collector = openCollector();
  const canary = (of: string) => `canary-${of}-7f3a`;
  let key: string;
  {
    const scripts: readonly Script[] = [
      // A vendor that quotes the question in its refusal.
      () => answer(400, { error: { message: `cannot answer ${canary("quoted")}` } }),
      () => openaiText(canary("answer")),
    ];
    await using routed = await openTraced(collector, scripts, {
      providers: [{ api_key: canary("provider-key") }, { api_key: canary("second-key") }],
      environment: { OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${canary("collector-key")},x-team=blue` },
    });
    ({ key } = await makeKey(routed.app, "ann"));
    const headers = {
      authorization: `Bearer ${key}`,
      tracestate: `vendor=${canary("state")}`,
      baggage: `a=${canary("baggage")}`,
    };
    const messages = [
      { role: "system", content: canary("system") },
      { role: "user", content: canary("prompt") },
    ];
    const tools = [{ type: "function", function: { name: canary("tool"), parameters: { type: "object" } } }];
    for (const provider of ["A", "B"])
      await routed.app
        .post(
          { messages, model: "m", provider, tools, user: canary("user"), api_key: canary("callers-key") },
          { headers },
        )
        .then((response) => response.text());
  }
  const sent = collector.posted.map(({ bytes }) => new TextDecoder().decode(bytes)).join("\n");
  expect(named(collector.spans, "run")).toHaveLength(2);
  expect(sent).not.toContain("canary");
  expect(sent).not.toContain(key);
  expect(sent).toContain('"ann"');
  expect(collector.posted[0]?.headers.get("authorization")).toBe(`Bearer ${canary("collector-key")}`);
  expect(collector.posted[0]?.headers.get("x-team")).toBe("blue");
});
