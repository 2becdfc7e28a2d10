import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../../src/metrics/table.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { hangingAnswer } from "../support/client.ts";
import { root } from "../support/command.ts";
import { type Exposed, readExposition } from "../support/exposition.ts";
import { makeKey } from "../support/keys.ts";
import { answer, openaiText, openUpstream, type Step } from "../support/scripted-upstream.ts";

const question = { messages: [{ role: "user", content: "Hi" }] };
const vectors = {
  object: "list",
  data: [{ index: 0, embedding: [0.5, 1] }],
  usage: { prompt_tokens: 7, total_tokens: 7 },
};

async function read(app: TestApp, init?: RequestInit): Promise<Exposed> {
  return readExposition(await (await app.get("/metrics", init)).text());
}

/** Asks until it is so, for some seconds: what is counted when something ends may be a moment late. */
async function until(app: TestApp, isSo: (exposed: Exposed) => boolean): Promise<Exposed> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const exposed = await read(app);
    if (isSo(exposed) || performance.now() > deadline) return exposed;
  }
}

async function openSocket(app: TestApp, protocol: string): Promise<WebSocket> {
  const socket = new WebSocket(`${app.origin.replace("http", "ws")}/backend-api/v2/channel`, protocol);
  await new Promise<void>((resolve) => {
    for (const event of ["open", "close"]) socket.addEventListener(event, () => resolve());
  });
  return socket;
}

describe("what happens is counted", () => {
  interface Case {
    readonly what: string;
    readonly steps?: readonly Step[];
    readonly happens: () => Promise<unknown>;
    /** By how much these grow. */
    readonly grows: Readonly<Record<string, number>>;
  }

  let script: readonly Step[] = [];
  const upstream = openUpstream(() => script);
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  });
  afterAll(async () => {
    upstream[Symbol.dispose]();
    await app[Symbol.asyncDispose]();
  });

  const ask = (body: object = {}, init?: RequestInit) =>
    app.post({ ...question, provider: "One", model: "m", ...body }, init);

  const cases: readonly Case[] = [
    {
      what: "an answer",
      steps: openaiText("Hello", " you"),
      happens: async () => (await ask()).text(),
      grows: {
        'parley_runs_total{provider="One",outcome="stop",error=""}': 1,
        'parley_run_first_token_seconds_count{provider="One"}': 1,
        'parley_run_duration_seconds_count{provider="One",outcome="stop"}': 1,
        'parley_run_attempts_total{provider="One",outcome="answered",hedge="false"}': 1,
        'parley_tokens_total{provider="One",kind="completion"}': 3,
        'parley_upstream_requests_total{provider="One",status="2xx"}': 1,
        'parley_upstream_requests_active{provider="One"}': 0,
        'parley_http_requests_total{method="POST",route="/backend-api/v2/conversation",status="200"}': 1,
        'parley_http_request_duration_seconds_count{method="POST",route="/backend-api/v2/conversation"}': 1,
      },
    },
    {
      what: "an answer that fails",
      steps: answer(500, { error: { message: "down" } }),
      happens: async () => (await ask()).text(),
      grows: {
        'parley_runs_total{provider="One",outcome="error",error="ResponseError"}': 1,
        'parley_run_attempts_total{provider="One",outcome="failed",hedge="false"}': 1,
        'parley_upstream_requests_total{provider="One",status="5xx"}': 1,
      },
    },
    {
      what: "an upstream that breaks off before its answer",
      steps: ["reset"],
      happens: async () => (await ask()).text(),
      grows: {
        'parley_upstream_requests_total{provider="One",status="none"}': 1,
        'parley_upstream_requests_cancelled_total{provider="One"}': 0,
      },
    },
    {
      what: "an answer whose reader leaves",
      steps: hangingAnswer("a"),
      async happens() {
        const reader = (await ask()).body?.getReader();
        await reader?.read();
        expect((await read(app)).series.get("parley_runs_active")).toBe(1);
        await reader?.cancel();
      },
      grows: {
        'parley_runs_total{provider="One",outcome="cancelled",error=""}': 1,
        'parley_run_attempts_total{provider="One",outcome="cancelled",hedge="false"}': 1,
        'parley_upstream_requests_cancelled_total{provider="One"}': 1,
        'parley_upstream_requests_active{provider="One"}': 0,
        parley_runs_active: 0,
      },
    },
    {
      what: "an embedding",
      steps: answer(200, vectors),
      happens: async () =>
        (
          await app.get("/v1/embeddings", {
            method: "POST",
            body: JSON.stringify({ input: "x", model: "One/text-embedding-m" }),
          })
        ).text(),
      grows: {
        'parley_tasks_total{provider="One",kind="embedding",outcome="done",error=""}': 1,
        'parley_task_duration_seconds_count{provider="One",kind="embedding"}': 1,
        'parley_tokens_total{provider="One",kind="prompt"}': 7,
      },
    },
    {
      what: "a spoken text that fails",
      steps: answer(429, { error: { message: "slowly" } }),
      happens: async () =>
        (
          await app.get("/v1/audio/speech", {
            method: "POST",
            body: JSON.stringify({ input: "x", model: "One/tts-1", voice: "alloy" }),
          })
        ).text(),
      grows: { 'parley_tasks_total{provider="One",kind="speech",outcome="error",error="RateLimitError"}': 1 },
    },
    {
      what: "what is not there",
      happens: async () => (await app.get("/no/such/thing")).text(),
      grows: { 'parley_http_requests_total{method="GET",route="/*",status="404"}': 1 },
    },
    {
      what: "what cannot be read",
      happens: async () => (await app.post("{")).text(),
      grows: { 'parley_http_requests_total{method="POST",route="/backend-api/v2/conversation",status="400"}': 1 },
    },
    {
      what: "a socket",
      happens: () => openSocket(app, "backend.v2"),
      grows: {
        parley_channel_sockets: 1,
        'parley_http_requests_total{method="GET",route="/backend-api/v2/channel",status="101"}': 1,
      },
    },
    {
      what: "a socket that is refused",
      happens: () => openSocket(app, "other"),
      grows: { parley_channel_sockets: 0, 'parley_channel_sockets_refused_total{status="400"}': 1 },
    },
    {
      what: "a write",
      happens: async () => (await app.get("/backend-api/v2/log", { method: "POST", body: "{}" })).text(),
      grows: {
        'parley_sqlite_commit_seconds_count{database="parley.db"}': 1,
        'parley_sqlite_commit_writes_sum{database="parley.db"}': 1,
      },
    },
    {
      what: "a long read",
      happens: async () => (await app.get("/backend-api/v2/log")).text(),
      grows: { parley_sqlite_read_seconds_count: 1, parley_sqlite_reads_waiting: 0 },
    },
  ];

  test.each(cases)("$what", async ({ steps = [], happens, grows }) => {
    script = steps;
    const before = await read(app);
    await happens();
    const grown = ({ series }: Exposed) =>
      Object.fromEntries(
        Object.keys(grows).map((key) => [key, (series.get(key) ?? 0) - (before.series.get(key) ?? 0)]),
      );
    expect(grown(await until(app, (now) => Bun.deepEquals(grown(now), grows)))).toEqual(grows);
  });

  test("a hedge that is lost, and who is left alone", async () => {
    using slow = openUpstream(() => ["hang"]);
    using fast = openUpstream(() => openaiText("Hello"));
    using refusing = openUpstream(() => answer(503, { error: { message: "busy" } }));
    const yaml = providerYaml(
      { name: "Slow", origin: slow.origin },
      { name: "Fast", origin: fast.origin },
      { name: "Refusing", origin: refusing.origin, models: ["r"] },
    );
    await using app = await openApp({ yaml, flags: { hedge_after: "0.01" } });
    await (await app.post({ ...question, model: "m" })).text();
    await (await app.post({ ...question, model: "r", provider: "Refusing" })).text();
    const { series } = await until(app, (now) =>
      now.series.has('parley_upstream_requests_cancelled_total{provider="Slow"}'),
    );
    expect(series.get('parley_run_attempts_total{provider="Slow",outcome="lost",hedge="false"}')).toBe(1);
    expect(series.get('parley_run_attempts_total{provider="Fast",outcome="answered",hedge="true"}')).toBe(1);
    expect(series.get('parley_provider_cooling{provider="Refusing"}')).toBe(1);
    expect(series.get('parley_provider_cooling{provider="Fast"}')).toBe(0);
    expect(series.get('parley_provider_busy{provider="Slow"}')).toBe(0);
  });
});

test("an overloaded server tells what it refuses", async () => {
  const readings = { memory: () => 960, descriptors: () => 0, collect() {}, now: () => performance.now() };
  await using app = await openApp({ flags: { max_memory: "1000" }, readings });
  expect((await app.post(question)).status).toBe(503);
  const { series } = await read(app);
  expect(series.get('parley_requests_shed_total{reason="memory"}')).toBe(1);
  expect(series.get('parley_http_requests_total{method="POST",route="none",status="503"}')).toBe(1);
});

test("everything in the table is told, and once: by the rules of the format", async () => {
  await using app = await openApp();
  const response = await app.get("/metrics");
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const { families, series } = readExposition(await response.text());
  const told = [...families].map(([name, { type }]) => [name, type]);
  expect(told).toEqual(Object.entries(table).map(([name, { type }]) => [name, type]));
  for (const name of ["parley_disk_free_bytes", "process_resident_memory_bytes", "process_cpu_seconds_total"])
    expect(series.get(name)).toBeGreaterThan(0);
  expect(series.get('parley_database_bytes{database="parley.db"}')).toBeGreaterThan(0);
  const startedAt = series.get("process_start_time_seconds") ?? 0;
  expect(Math.abs(startedAt - performance.timeOrigin / 1000)).toBeLessThan(1);
});

test("nothing that callers make up becomes a label, and no key is told", async () => {
  using upstream = openUpstream(() => answer(404, { error: { message: "no such model" } }));
  const yaml = providerYaml({ name: "One", origin: upstream.origin, key: "sk-canary-provider" });
  await using app = await openApp({ yaml, flags: { access_key: "canary-access-key" } });
  const headers = { authorization: "Bearer canary-access-key" };
  const hostile = (round: number) => `canary${round}"}\n# TYPE x`;
  const kinds = 6;
  const send = async (round: number, some: (index: number) => boolean) => {
    const made = hostile(round);
    const path = encodeURIComponent(made);
    const asked = { ...question, provider: "One", model: made, user: made };
    const requests: [string, RequestInit][] = [
      ["/backend-api/v2/conversation", { method: "POST", body: JSON.stringify(asked) }],
      ["/v1/embeddings", { method: "POST", body: JSON.stringify({ input: "x", model: `One/${made}` }) }],
      [`/media/${path}`, {}],
      [`/${path}`, { method: ["PROPFIND", "PURGE", "LINK", "DELETE"][round % 4] ?? "GET" }],
      [`/backend-api/v2/memory/${path}?key=canary-in-address`, { method: "PUT" }],
      ["/healthz", { headers: { authorization: `Bearer canary${round}` } }],
    ];
    expect(requests).toHaveLength(kinds);
    const chosen = requests.filter((_, index) => some(index));
    await Promise.all(chosen.map(async ([to, init]) => (await app.get(to, { headers, ...init })).arrayBuffer()));
  };
  await read(app, { headers });
  for (let round = 0; round < 4; round++) await send(round, () => true);
  const few = await read(app, { headers });
  for (let round = 4; round < 1000; round += 12)
    await Promise.all(Array.from({ length: 12 }, (_, more) => send(round + more, (index) => index === more % kinds)));
  const many = await read(app, { headers });
  expect([...many.series.keys()].filter((key) => !few.series.has(key))).toEqual([]);
  expect((await (await app.get("/metrics", { headers })).text()).includes("canary")).toBe(false);
});

test("it is for admins, once there is a key", async () => {
  await using app = await openApp({ flags: { access_key: "the-key-of-the-setting" } });
  const user = await makeKey(app, "ann");
  const admin = await makeKey(app, "ann", { role: "admin" });
  const status = async (headers: Record<string, string>) => (await app.get("/metrics", { headers })).status;
  expect(await status({})).toBe(401);
  expect(await status({ authorization: "Bearer wrong" })).toBe(401);
  expect(await status(user.headers)).toBe(403);
  expect(await status(admin.headers)).toBe(200);
});

test("the documentation has each metric once, in the words of the program", () => {
  const guide = readFileSync(join(root, "src/help/deploy.md"), "utf8");
  const [, rows = ""] = /^\| Metric .*\n\|[- |]+\n((?:\|.*\n)+)/m.exec(guide) ?? [];
  const cells = rows
    .trim()
    .split("\n")
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.replaceAll("`", "").trim()),
    );
  expect(cells).toEqual(
    Object.entries(table).map(([name, { type, labels, help }]) => [name, type, labels.join(", "), help]),
  );
});
