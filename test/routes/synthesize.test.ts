import { describe, expect, test } from "bun:test";
import { localCaller } from "../../src/protocol/caller.ts";
import { openApp, type TestApp, type TestAppOptions } from "../support/app.ts";
import { binary } from "../support/media.ts";
import {
  answer,
  chunked,
  lastChunk,
  openUpstream,
  type RecordedRequest,
  type Script,
  type Step,
  toChunk,
} from "../support/scripted-upstream.ts";
import { listen, readTaskRows } from "../support/sound.ts";

const path = (provider: string, query: Record<string, string> = { text: "Good morning" }) =>
  `/backend-api/v2/synthesize/${provider}?${new URLSearchParams(query)}`;

const sound = Buffer.from("ID3 this is sound");
const spoken = (type = "audio/mpeg"): Step[] => [
  ...chunked([sound.subarray(0, 5), sound.subarray(5)], type),
  lastChunk,
];

type Vendor = Readonly<Record<string, Step[]>>;

/** Answers by the end of the path; what is not there is a 404. */
const byEnd =
  (answers: Vendor): Script =>
  ({ path }: RecordedRequest) =>
    Object.entries(answers).find(([end]) => path.replace(/\?.*/, "").endsWith(end))?.[1] ??
    answer(404, { error: { message: "nothing here" } });

/** One provider of a kind, and the vendor that it asks. */
async function open(type: string, answers: Vendor | Script, more: TestAppOptions & { settings?: object } = {}) {
  const upstream = openUpstream(typeof answers === "function" ? answers : byEnd(answers));
  const { settings, ...options } = more;
  const entry = { name: "Work", type, base_url: `${upstream.origin}/v1`, api_key: "test-key-0123", ...settings };
  const app = await openApp({ yaml: Bun.YAML.stringify({ providers: [entry] }), ...options });
  return {
    app,
    upstream,
    get: (query?: Record<string, string>, init?: RequestInit) => app.get(path("Work", query), init),
    asked: () => upstream.requests.filter(({ method }) => method === "POST"),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

async function refusal(response: Response): Promise<[number, string, string]> {
  expect(response.headers.get("content-type")).toContain("application/json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { error } = await response.json();
  return [response.status, error.code, error.message];
}

const openaiModels = answer(200, { data: [{ id: "gpt-4o" }, { id: "tts-1-hd" }, { id: "gpt-4o-mini-tts" }] });

describe("a text is spoken", () => {
  test("is over, and tells so, where it is given up before anything of it is read", async () => {
    const vendor: Vendor = { "/models": openaiModels, "/audio/speech": [...chunked(["x"], "audio/mpeg"), "hang"] };
    await using work = await open("openai", vendor, { flags: { max_runs: "1" } });
    const start = () =>
      work.app.services.speeches.start({ provider: "Work", text: "Hello" }, localCaller, new AbortController().signal);
    for (let count = 1; count <= 2; count++) {
      const { bytes } = await start();
      await bytes.return();
      const rows = await readTaskRows(work.app, count);
      expect(rows.map(({ outcome }) => outcome)).toEqual(Array(count).fill("cancelled"));
      await work.asked()[count - 1]!.closed;
    }
  });

  test("by OpenAI, with its type, to be kept for a week, and it leaves a row of usage", async () => {
    await using work = await open("openai", { "/models": openaiModels, "/audio/speech": spoken() });
    const response = await work.get({ text: "Good morning", voice: "nova", format: "mp3", speed: "1.5" });
    expect([response.status, Object.fromEntries(response.headers)]).toMatchObject([
      200,
      {
        "content-type": "audio/mpeg",
        "cache-control": "private, max-age=604800",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-provider": "Work",
        "x-model": "gpt-4o-mini-tts",
      },
    ]);
    expect(response.headers.get("etag")).toBeNull();
    expect(await listen(response)).toEqual({ bytes: sound, isWhole: true });
    expect(JSON.parse(work.asked()[0]!.body)).toEqual({
      model: "gpt-4o-mini-tts",
      input: "Good morning",
      voice: "nova",
      response_format: "mp3",
      speed: 1.5,
    });
    const [row] = await readTaskRows(work.app, 1);
    expect(row).toMatchObject({ provider: "Work", model: "gpt-4o-mini-tts", outcome: "stop", owner: "local" });
    expect(JSON.parse(row?.details ?? "")).toEqual({ characters: 12 });
    expect(work.app.services.load.busy("Work")).toBe(0);
    expect(work.app.logged).toEqual([]);
  });

  test("by ElevenLabs, by the voice of that name", async () => {
    const voices = answer(200, { voices: [{ voice_id: "JBFqnCBsd6RMkjVDRZzb", name: "George" }] });
    const models = answer(200, [{ model_id: "eleven_v3", name: "Eleven v3" }]);
    await using work = await open("elevenlabs", {
      "/models": models,
      "/voices": voices,
      "/JBFqnCBsd6RMkjVDRZzb/stream": spoken(),
    });
    const response = await work.get({ text: "Hello", voice: "george" });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "audio/mpeg"]);
    expect(await listen(response)).toEqual({ bytes: sound, isWhole: true });
    expect(JSON.parse(work.asked()[0]!.body)).toEqual({ text: "Hello", model_id: "eleven_v3" });
    expect(await refusal(await work.get({ text: "Hello", voice: "Georg" }))).toEqual([
      400,
      "upstream_rejected",
      'Work has no voice "Georg" for this account; did you mean George?',
    ]);
  });

  test("by Gemini, whose samples become a WAV file", async () => {
    const part = (data: Uint8Array) => ({
      inlineData: { mimeType: "audio/L16;codec=pcm;rate=24000", data: Buffer.from(data).toString("base64") },
    });
    const event = (document: unknown) => `data: ${JSON.stringify(document)}\r\n\r\n`;
    const piece = event({ candidates: [{ content: { parts: [part(Buffer.from([1, 2, 3, 4]))] } }] });
    const end = event({ candidates: [{ finishReason: "STOP" }] });
    const models = answer(200, {
      models: ["gemini-3.8-flash", "gemini-9-tts"].map((name) => ({
        name: `models/${name}`,
        supportedGenerationMethods: ["generateContent"],
      })),
    });
    await using work = await open("gemini", {
      "/models": models,
      ":streamGenerateContent": [...chunked([piece, piece, end]), lastChunk],
    });
    const response = await work.get();
    expect([response.headers.get("content-type"), response.headers.get("x-model")]).toEqual([
      "audio/wav",
      "gemini-9-tts",
    ]);
    const { bytes, isWhole } = await listen(response);
    expect(isWhole).toBe(true);
    expect([bytes.toString("latin1", 0, 4), bytes.subarray(44)]).toEqual([
      "RIFF",
      Buffer.from([1, 2, 3, 4, 1, 2, 3, 4]),
    ]);
  });

  test("by Pollinations, by those of its models that speak", async () => {
    const models = answer(200, [
      { name: "openai", category: "text" },
      { name: "talker", category: "audio", supported_endpoints: ["/v1/audio/speech"] },
    ]);
    await using work = await open("pollinations", { "/models": models, "/audio/speech": spoken() });
    const response = await work.get();
    expect([response.headers.get("content-type"), response.headers.get("x-model")]).toEqual(["audio/mpeg", "talker"]);
    expect(await listen(response)).toEqual({ bytes: sound, isWhole: true });
    expect(JSON.parse(work.asked()[0]!.body)).toEqual({
      model: "talker",
      input: "Good morning",
      response_format: "mp3",
    });
  });

  test("with any model that is named, under any name of the provider", async () => {
    await using work = await open("openai", { "/audio/speech": spoken() });
    const response = await work.app.get(path("wORK", { text: "x", model: "my-voice" }));
    expect([response.status, response.headers.get("x-model")]).toEqual([200, "my-voice"]);
    await listen(response);
  });

  test("by a type of the vendor's own choice only where that is sound", async () => {
    await using work = await open("pollinations", () => binary("<script>", "text/html"));
    const response = await work.get({ text: "x", model: "talker" });
    expect(response.headers.get("content-type")).toBe("audio/mpeg");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    await listen(response);
  });

  test("piece by piece: the first is heard while the vendor still speaks", async () => {
    await using work = await open("openai", {
      "/models": openaiModels,
      "/audio/speech": [...chunked(["first"], "audio/mpeg"), "hang"],
    });
    const response = await work.get();
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
    await reader.cancel();
    await work.asked()[0]!.closed;
  });
});

describe("what is refused before the first sound", () => {
  test("is what cannot be spoken, by whom there is not, and by whom has no voice", async () => {
    await using work = await open("openai", () => ["hang"]);
    const get = async (provider: string, query: Record<string, string>) =>
      (await refusal(await work.app.get(path(provider, query)))).slice(0, 2);
    expect(await get("Work", {})).toEqual([400, "invalid_request"]);
    expect(await get("Work", { text: " \n" })).toEqual([400, "invalid_request"]);
    expect(await get("Work", { text: "x".repeat(10_001) })).toEqual([400, "invalid_request"]);
    for (const speed of ["0", "9", "fast", "-1", "1e1", "NaN"])
      expect([speed, await get("Work", { text: "x", speed })]).toEqual([speed, [400, "invalid_request"]]);
    expect(await get("Work", { text: "x", format: "../x" })).toEqual([400, "invalid_request"]);
    expect(await get("Work", { text: "x", model: "m", format: "ogv" })).toEqual([400, "upstream_rejected"]);
    expect(await get("Nobody", { text: "x" })).toEqual([404, "provider_not_found"]);
    expect(await get("Anthropic", { text: "x" })).toEqual([501, "not_offered"]);
    expect(await get("Builtin", { text: "x" })).toEqual([501, "not_offered"]);
    expect(work.asked()).toEqual([]);
  });

  test("is a provider that lists nothing that speaks", async () => {
    await using work = await open("openai", { "/models": answer(200, { data: [{ id: "gpt-4o" }] }) });
    expect(await refusal(await work.get())).toEqual([
      501,
      "not_offered",
      "Work lists no model that can speak; name one in model",
    ]);
  });

  test("is what the vendor refuses, each as its own status", async () => {
    const table: [number, Record<string, string>, number, string][] = [
      [400, {}, 400, "upstream_rejected"],
      [401, {}, 401, "missing_auth"],
      [402, {}, 402, "payment_required"],
      [429, { "retry-after": "7" }, 429, "rate_limited"],
      [500, {}, 502, "upstream_failed"],
      [504, {}, 504, "upstream_timeout"],
    ];
    for (const [given, headers, status, code] of table) {
      await using work = await open("openai", {
        "/models": openaiModels,
        "/audio/speech": answer(given, { error: { message: "Sorry, test-key-0123." } }, headers),
      });
      const response = await work.get();
      expect(response.headers.get("retry-after")).toBe(headers["retry-after"] ?? null);
      const [told, reason, message] = await refusal(response);
      expect([given, told, reason]).toEqual([given, status, code]);
      expect(message).not.toContain("test-key-0123");
      expect([work.app.services.load.busy("Work"), work.app.logged]).toEqual([0, []]);
    }
  });

  test("is a vendor whose key is missing, and the setting that would cure it is named", async () => {
    await using app = await openApp();
    expect(await refusal(await app.get(path("openai")))).toEqual([
      401,
      "missing_auth",
      "no key for OpenAI; set OPENAI_API_KEY or send api_key",
    ]);
  });

  test("is a vendor that is not there, one that breaks off, one that is silent, one that says nothing", async () => {
    const dead = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    dead.stop(true);
    const settings = { base_url: `http://127.0.0.1:${dead.port}`, models: ["tts-1"] };
    const table: [Step[], object, number, string][] = [
      [[], settings, 502, "upstream_failed"],
      [["HTTP/1.1 200 OK\r\n", "reset"], {}, 502, "upstream_failed"],
      [[...chunked([], "audio/mpeg"), "reset"], {}, 502, "upstream_failed"],
      [["hang"], {}, 504, "upstream_timeout"],
      [[...chunked([], "audio/mpeg"), lastChunk], {}, 502, "no_media"],
    ];
    for (const [steps, more, status, code] of table) {
      await using work = await open(
        "openai",
        { "/models": openaiModels, "/audio/speech": steps },
        { settings: more, flags: status === 504 ? { load_timeout: "0.3" } : {} },
      );
      expect((await refusal(await work.get())).slice(0, 2)).toEqual([status, code]);
    }
  });

  test("is more than a provider's limits, and more than the server's", async () => {
    const hanging: Vendor = { "/models": openaiModels, "/audio/speech": [...chunked(["x"], "audio/mpeg"), "hang"] };
    await using one = await open("openai", hanging, { settings: { limits: { concurrent: 1 } } });
    await using other = await open("openai", hanging, { flags: { max_runs: "1" } });
    for (const [work, code] of [
      [one, "rate_limited"],
      [other, "too_many_runs"],
    ] as const) {
      const first = await work.get();
      const second = await work.get();
      expect(second.headers.get("retry-after")).toBe("1");
      expect((await refusal(second)).slice(0, 2)).toEqual([429, code]);
      await first.body?.cancel();
      while (work.app.services.load.busy("Work") > 0) await Bun.sleep(1);
      const third = await work.get();
      expect(third.status).toBe(200);
      await third.body?.cancel();
    }
  });
});

describe("what ends before its end", () => {
  test("breaks the connection, and never looks whole: the vendor breaks off, falls silent, or takes too long", async () => {
    const beginning = chunked([sound], "audio/mpeg");
    const slow = Array.from({ length: 200 }, (): Step[] => [toChunk("x"), { waitMs: 20 }]).flat();
    const table: [(until: Promise<void>) => Step[], NonNullable<TestAppOptions["flags"]>][] = [
      // What has been sent may be lost with a connection that breaks at once.
      [(until) => [...beginning, { until }, "reset"], {}],
      [(until) => [...beginning, { until }, "close"], {}],
      [() => [...beginning, "hang"], { silence_timeout: "0.3" }],
      [() => [...beginning, ...slow], { run_timeout: "0.5" }],
    ];
    for (const [toSteps, flags] of table) {
      const heard = Promise.withResolvers<void>();
      const steps = toSteps(heard.promise);
      await using work = await open("openai", { "/models": openaiModels, "/audio/speech": steps }, { flags });
      const response = await work.get();
      expect(response.status).toBe(200);
      const { bytes, isWhole } = await listen(response, (count) => count >= sound.byteLength && heard.resolve());
      expect([isWhole, bytes.subarray(0, sound.byteLength)]).toEqual([false, sound]);
      const [row] = await readTaskRows(work.app, 1);
      expect(row?.outcome).toBe("error");
      expect([work.app.services.load.busy("Work"), work.app.logged]).toEqual([0, []]);
    }
  });

  test("since the listener left, before the first sound or after it: the vendor is let go", async () => {
    for (const steps of [["hang" as const], [...chunked(["x"], "audio/mpeg"), "hang" as const]]) {
      await using work = await open("openai", { "/models": openaiModels, "/audio/speech": steps });
      const controller = new AbortController();
      const response = work.get(undefined, { signal: controller.signal });
      response.catch(() => {});
      while (work.asked().length === 0) await Bun.sleep(1);
      if (steps.length > 1) await response;
      const left = performance.now();
      controller.abort();
      expect((await work.asked()[0]!.closed) - left).toBeLessThan(1000);
      while (work.app.services.load.busy("Work") > 0) await Bun.sleep(1);
      if (steps.length > 1) expect((await readTaskRows(work.app, 1))[0]?.outcome).toBe("cancelled");
      expect(work.app.services.health.errors("Work")).toBe(0);
      expect(work.app.logged).toEqual([]);
    }
  });

  test("holds the vendor back while nobody listens, rather than filling memory", async () => {
    const big = toChunk("x".repeat(60_000));
    const flood: Step[] = [...chunked([], "audio/mpeg"), ...Array.from({ length: 3000 }, () => big)];
    await using work = await open("openai", { "/models": openaiModels, "/audio/speech": flood });
    const response = await work.get();
    await response.body!.getReader().read();
    let sent = -1;
    while (sent !== work.asked()[0]!.sentBytes) {
      sent = work.asked()[0]!.sentBytes;
      await Bun.sleep(200);
    }
    expect(sent).toBeLessThan(60e6);
  });
});

describe("AnyProvider", () => {
  const two = async (first: Vendor, second: Vendor) => {
    const [one, other] = [openUpstream(byEnd(first)), openUpstream(byEnd(second))];
    const entry = (name: string, origin: string, type = "openai") => ({
      name,
      type,
      base_url: `${origin}/v1`,
      api_key: "test-key-0123",
    });
    const providers = [
      entry("Mute", one.origin, "anthropic"),
      entry("First", one.origin),
      entry("Second", other.origin),
    ];
    const app = await openApp({ yaml: Bun.YAML.stringify({ providers }) });
    return {
      app,
      async [Symbol.asyncDispose]() {
        await app[Symbol.asyncDispose]();
        one[Symbol.dispose]();
        other[Symbol.dispose]();
      },
    };
  };
  const speaking: Vendor = { "/models": openaiModels, "/audio/speech": spoken() };
  const ask = async (app: TestApp, query?: Record<string, string>, name = "AnyProvider") => {
    const response = await app.get(path(name, query));
    await listen(response);
    return [response.status, response.headers.get("x-provider"), response.headers.get("x-model")];
  };

  test("is the first that can speak, by a model of that name if one is named", async () => {
    const onlyHd: Vendor = { ...speaking, "/models": answer(200, { data: [{ id: "tts-1-hd" }] }) };
    await using both = await two(onlyHd, speaking);
    expect(await ask(both.app)).toEqual([200, "First", "tts-1-hd"]);
    expect(await ask(both.app, { text: "x", model: "gpt-4o-mini-tts" }, "auto")).toEqual([
      200,
      "Second",
      "gpt-4o-mini-tts",
    ]);
    expect(await refusal(await both.app.get(path("AnyProvider", { text: "x", model: "tts-9" })))).toEqual([
      404,
      "model_not_found",
      'no provider that can speak has the model "tts-9"; GET /v1/models lists what there is',
    ]);
  });

  test("is the next where one fails before its first sound, and that one is left alone for a while", async () => {
    const failing: Vendor = { ...speaking, "/audio/speech": answer(500, {}) };
    await using both = await two(failing, speaking);
    expect(await ask(both.app)).toEqual([200, "Second", "gpt-4o-mini-tts"]);
    expect(both.app.services.health.errors("First")).toBe(1);
    expect(await ask(both.app)).toEqual([200, "Second", "gpt-4o-mini-tts"]);
    expect(both.app.services.health.errors("First")).toBe(1);
  });

  test("is nobody where nobody can speak", async () => {
    await using app = await openApp();
    expect(await refusal(await app.get(path("AnyProvider")))).toEqual([
      501,
      "not_offered",
      "no provider that is set up can speak; set the key of one that can, such as OPENAI_API_KEY",
    ]);
  });
});

test("another of the provider's keys is tried where one is refused, and the refused one is left alone", async () => {
  const script: Script = ({ path, headers }) => {
    if (path.endsWith("/models")) return openaiModels;
    return headers.authorization === "Bearer key-one" ? answer(401, {}) : spoken();
  };
  await using work = await open("openai", script, { settings: { api_key: ["key-one", "key-two"] } });
  for (let count = 0; count < 3; count++) expect((await listen(await work.get())).isWhole).toBe(true);
  expect(work.asked().map(({ headers }) => headers.authorization)).toEqual([
    "Bearer key-one",
    "Bearer key-two",
    "Bearer key-two",
    "Bearer key-two",
  ]);
});

test("HEAD asks no vendor, and says what can be known", async () => {
  await using work = await open("openai", () => ["hang"]);
  const head = (query: Record<string, string>) => work.get(query, { method: "HEAD" });
  const known = await head({ text: "x" });
  expect([known.status, known.headers.get("cache-control")]).toEqual([200, "private, max-age=604800"]);
  expect((await head({})).status).toBe(400);
  expect((await work.app.get(path("Anthropic"), { method: "HEAD" })).status).toBe(501);
  expect(work.upstream.requests).toEqual([]);
});

describe("a page of another origin", () => {
  test("cannot spend the operator's money by embedding it, unless it is listed", async () => {
    await using work = await open(
      "openai",
      { "/models": openaiModels, "/audio/speech": spoken() },
      { flags: { cors_origins: "https://good.example" } },
    );
    const status = async (headers: Record<string, string>) => {
      const response = await work.get(undefined, { headers });
      await listen(response);
      return response.status;
    };
    for (const site of ["cross-site", "same-site"]) expect(await status({ "sec-fetch-site": site })).toBe(403);
    expect(await status({ origin: "https://evil.example" })).toBe(403);
    expect(await status({ origin: "null", "sec-fetch-site": "cross-site" })).toBe(403);
    expect(work.asked()).toEqual([]);
    expect(await status({ origin: "https://good.example", "sec-fetch-site": "cross-site" })).toBe(200);
    expect(await status({ "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await status({ "sec-fetch-site": "none" })).toBe(200);
    expect(await status({ origin: work.app.origin })).toBe(200);
  });

  test("is a matter of this address alone", async () => {
    await using app = await openApp();
    const headers = { "sec-fetch-site": "cross-site" };
    expect((await app.get("/backend-api/v2/version", { headers })).status).toBe(200);
  });
});

test("the access key is wanted, in x-api-key too, and goes to no vendor", async () => {
  await using work = await open(
    "openai",
    { "/models": openaiModels, "/audio/speech": spoken() },
    { environment: { PARLEY_ACCESS_KEY: "our-own-key" } },
  );
  expect((await work.get()).status).toBe(401);
  const response = await work.get(undefined, { headers: { "x-api-key": "our-own-key" } });
  expect(await listen(response)).toEqual({ bytes: sound, isWhole: true });
  for (const { headers } of work.upstream.requests) expect(headers.authorization).toBe("Bearer test-key-0123");
});
