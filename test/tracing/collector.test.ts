import { describe, expect, test } from "bun:test";
import { checkTracing } from "../../src/cli/doctor/tracing.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createLog } from "../../src/lib/log.ts";
import type { EndedRun } from "../../src/runs/observer.ts";
import { openTracing } from "../../src/tracing/tracing.ts";
import { openCollector } from "../support/collector.ts";
import { openRouted } from "../support/routed.ts";
import { openaiText, openUpstream } from "../support/scripted-upstream.ts";
import { textOf } from "../support/events.ts";
import { until } from "../support/until.ts";
import { usageRow } from "../support/usage.ts";

const fine = () => openaiText("fine");
const json = { otlp_protocol: "http/json" };

describe("where traces go", () => {
  const base = "http://c.example:4318";
  const cases = [
    [{ PARLEY_OTLP_ENDPOINT: base }, `${base}/v1/traces`],
    [{ PARLEY_OTLP_ENDPOINT: `${base}/` }, `${base}/v1/traces`],
    [{ PARLEY_OTLP_ENDPOINT: `${base}/v1/traces` }, `${base}/v1/traces`],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/otel` }, `${base}/otel/v1/traces`],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${base}/here` }, `${base}/here`],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${base}/a`, OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/b` }, `${base}/a`],
    [{ PARLEY_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_ENDPOINT: "http://other.example" }, `${base}/v1/traces`],
    [{}, undefined],
  ] as const;
  const load = (environment: Record<string, string>) => loadConfig({ environment, flags: {} });

  test("is said by our settings, or by OpenTelemetry's variables", () => {
    expect(cases.map(([environment]) => load({ ...environment }).collector?.url)).toEqual(cases.map(([, url]) => url));
    const named = load({ OTEL_SERVICE_NAME: "chat", OTEL_EXPORTER_OTLP_HEADERS: "a=b" });
    expect([named.otlp_service_name, named.collector]).toEqual(["chat", undefined]);
  });

  test("is refused where nothing can be sent there, without quoting what may be a key", () => {
    const endpoint = { PARLEY_OTLP_ENDPOINT: base };
    const wrong = [
      { PARLEY_OTLP_ENDPOINT: "collector:4317" },
      { PARLEY_OTLP_ENDPOINT: "http://user:hush-hush@c.example" },
      { ...endpoint, PARLEY_OTLP_HEADERS: "hush-hush" },
      { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "a=%zz" },
      { ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "a=b%0d%0ahush-hush: 1" },
      { ...endpoint, PARLEY_OTLP_PROTOCOL: "grpc" },
    ];
    for (const environment of wrong) expect(() => load(environment)).toThrow(/^(PARLEY_OTLP|OTEL_EXPORTER)_\w+: /);
    for (const environment of wrong) expect(() => load(environment)).not.toThrow(/hush/);
  });

  test("hides the values of headers, whole and as keys alone", () => {
    const { secrets, collector } = load({
      PARLEY_OTLP_ENDPOINT: base,
      PARLEY_OTLP_HEADERS: "authorization=Basic abc%3D, x-key = k1",
    });
    expect(collector?.headers).toEqual({ authorization: "Basic abc=", "x-key": "k1" });
    expect(secrets).toEqual(expect.arrayContaining(["Basic abc=", "abc=", "k1"]));
  });
});

test("protobuf is what is sent, where nobody says otherwise", async () => {
  using collector = openCollector();
  {
    await using routed = await openRouted([fine], { flags: { otlp_endpoint: collector.origin } });
    await routed.ask();
  }
  expect(collector.posted).toHaveLength(1);
  const [posted] = collector.posted;
  expect(posted?.headers.get("content-type")).toBe("application/x-protobuf");
  // https://github.com/open-telemetry/opentelemetry-proto: ResourceSpans.scope_spans.spans, then their ids and names.
  const spans = [1, 2, 2].reduce(
    (messages, field) => messages.flatMap((each) => fieldsOf(each, field)),
    [posted!.bytes],
  );
  const written = spans.map((span) => ({
    traceId: fieldsOf(span, 1)[0]!.toHex(),
    spanId: fieldsOf(span, 2)[0]!.toHex(),
    parent: fieldsOf(span, 4)[0]?.toHex() ?? "",
    name: new TextDecoder().decode(fieldsOf(span, 5)[0]),
  }));
  const run = written.find(({ name }) => name === "run");
  expect(written.find(({ name }) => name === "chat m")).toMatchObject({ traceId: run?.traceId, parent: run?.spanId });
  expect([run?.traceId.length, run?.spanId.length, run?.parent]).toEqual([32, 16, ""]);
});

/** What a field of a message holds, each time that it is there: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  const readVarint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = readVarint();
    const type = tag & 7;
    if (type === 0) readVarint();
    else {
      const length = type === 2 ? readVarint() : type === 1 ? 8 : 4;
      if (tag >> 3 === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}

/** A run with one attempt: two spans. */
const ended: EndedRun = {
  row: usageRow,
  trace: {
    run_id: "run_1",
    created_at: "2026-01-01T00:00:00.000Z",
    decision: { asked: "m", route: null, strategy: "order", hedge_after_ms: null, candidates: [], considered: [] },
    attempts: [
      {
        provider: "A",
        model: "m",
        started_ms: 0,
        first_token_ms: 2,
        ended_ms: 5,
        outcome: "answered",
        error: null,
        message: null,
        hedge: false,
        tool_emulation: false,
      },
    ],
    end: { reason: "stop", ended_ms: 5, usage: null, cost: null },
  },
  caller: {},
  candidates: [],
  chatId: null,
};

function openAlone(origin: string, logged: string[] = []) {
  const log = createLog({ level: "debug", secrets: [], pretty: false, write: (line) => void logged.push(line) });
  const collector = { url: `${origin}/secret-path`, headers: {}, protocol: "http/json" } as const;
  return openTracing({ collector, service: { name: "parley", version: "1" }, placeOf: () => ({}), log });
}

describe("a collector that", () => {
  const gone = openUpstream(() => []);
  gone[Symbol.dispose]();
  const never = () => new Promise<Response>(() => {});
  const endless = () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }));
  const bad = {
    "is not there": { origin: gone.origin, why: "ECONNREFUSED" },
    "wants to be left alone": {
      answer: () => new Response(null, { status: 429, headers: { "retry-after": "3600" } }),
      why: "it answers 429",
    },
    "leads elsewhere": {
      answer: () => new Response(null, { status: 307, headers: { location: gone.origin } }),
      why: "it answers 307",
    },
    "refuses, and says why": { answer: () => new Response("hush-hush", { status: 401 }), why: "it answers 401" },
    "answers without end": { answer: endless, why: undefined },
  };

  test.each(Object.keys(bad) as (keyof typeof bad)[])("%s: that is said once, and not in its words", async (name) => {
    const { why, answer, origin } = { answer: undefined, origin: undefined, ...bad[name] };
    using collector = openCollector(answer);
    const logged: string[] = [];
    {
      await using tracing = openAlone(origin ?? collector.origin, logged);
      for (let nth = 0; nth < 300; nth++) tracing.ended(ended);
    }
    const { host } = new URL(origin ?? collector.origin);
    const said = { level: "warn", collector: host, why, lost: expect.any(Number) };
    expect(logged.map((line) => JSON.parse(line))).toEqual(why === undefined ? [] : [expect.objectContaining(said)]);
    expect(logged.join()).not.toMatch(/secret-path|hush/);
  });

  test("never answers holds up neither an answer nor the end of the server", async () => {
    using collector = openCollector(never);
    let logged: readonly string[];
    {
      await using routed = await openRouted([fine], { flags: { otlp_endpoint: collector.origin } });
      ({ logged } = routed.app);
      expect(textOf(await routed.ask())).toBe("fine");
      expect(textOf(await routed.ask())).toBe("fine");
    }
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ level: "warn", why: "the server stops", lost: 4 }]);
  });
});

test("a collector that is busy for a moment is sent the same once more", async () => {
  using collector = openCollector((nth) =>
    nth === 1 ? new Response(null, { status: 503, headers: { "retry-after": "0" } }) : new Response("{}"),
  );
  const logged: string[] = [];
  await using tracing = openAlone(collector.origin, logged);
  // A whole batch is sent at once.
  for (let nth = 0; nth < 128; nth++) tracing.ended(ended);
  await until(() => collector.posted.length === 2);
  const [first, second] = collector.posted.map(({ bytes }) => new TextDecoder().decode(bytes));
  expect(second).toBe(first!);
  expect(logged).toEqual([]);
});

test("a collector that is too slow has some thousand spans wait for it, and no more", async () => {
  const free = Promise.withResolvers<Response>();
  using collector = openCollector(() => free.promise.then((response) => response.clone()));
  const logged: string[] = [];
  {
    await using tracing = openAlone(collector.origin, logged);
    for (let nth = 0; nth < 5000; nth++) tracing.ended(ended);
    await until(() => logged.length > 0 && collector.posted.length > 0);
    free.resolve(new Response("{}"));
  }
  // Those of the first batch are on their way already.
  expect(collector.spans.length).toBe(4096 + 256);
  expect(JSON.parse(logged[0]!)).toMatchObject({ level: "warn", why: "it is too slow" });
  expect(logged).toHaveLength(1);
});

test("a clock that was put back between two moments stops nothing", async () => {
  using collector = openCollector();
  {
    let now = Date.now();
    await using routed = await openRouted([fine], {
      clock: () => (now -= 50),
      flags: { otlp_endpoint: collector.origin, ...json },
    });
    expect(textOf(await routed.ask())).toBe("fine");
  }
  for (const span of collector.spans)
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
  expect(collector.spans).toHaveLength(2);
});

test("parley doctor says whether traces arrive, and what to do where they do not", async () => {
  const look = (flags: Record<string, string>) => checkTracing(loadConfig({ environment: {}, flags }));
  using good = openCollector();
  using strict = openCollector((nth) => new Response("hush-hush", { status: nth === 1 ? 401 : 415 }));
  const gone = openUpstream(() => []);
  gone[Symbol.dispose]();
  expect(await look({})).toEqual([]);
  expect(await look({ otlp_endpoint: good.origin })).toMatchObject([{ name: "traces", status: "ok", cure: null }]);
  expect(await look({ otlp_endpoint: good.origin, ...json })).toMatchObject([{ status: "ok" }]);
  expect(good.spans).toEqual([]);
  const found = [
    await look({ otlp_endpoint: strict.origin }),
    await look({ otlp_endpoint: strict.origin }),
    await look({ otlp_endpoint: gone.origin }),
  ].flat();
  expect(found.map(({ status }) => status)).toEqual(["fail", "fail", "fail"]);
  expect(found.map(({ cure }) => cure)).toEqual([
    expect.stringContaining("otlp_headers"),
    expect.stringContaining("otlp_protocol"),
    expect.stringContaining("4318"),
  ]);
  expect(JSON.stringify(found)).not.toContain("hush");
});
