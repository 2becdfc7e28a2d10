import { describe, expect, test } from "bun:test";
import type { RunEvent } from "../../src/protocol/events.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { joinPieces, readEvents, textOf } from "../support/events.ts";
import { readFixture } from "../support/fixtures.ts";
import {
  answer,
  chunked,
  lastChunk,
  openaiText,
  openUpstream,
  type Step,
  toChunk,
} from "../support/scripted-upstream.ts";

const ask = { messages: [{ role: "user", content: "Hello" }], model: "m" };
const hello = `data: {"model":"m","choices":[{"delta":{"content":"Hel"}}]}\n\n`;

/** Fails once as the case says, then answers: the server must be as good as before. */
async function failOnce(steps: readonly Step[], limits: Record<string, string> = {}) {
  using upstream = openUpstream((_, count) => (count === 1 ? steps : openaiText("fine")));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }), flags: limits });
  const events = await readEvents(await app.post({ ...ask, provider: "Work" }));
  expect(textOf(await readEvents(await app.post({ ...ask, provider: "Work" })))).toBe("fine");
  return { events, upstream, app };
}

function failureOf(events: readonly RunEvent[]): { class: string; message: string } {
  const failure = events.find((event) => event.type === "error" || event.type === "auth");
  if (failure?.type === "error") return { class: failure.error, message: failure.message };
  return failure?.type === "auth" ? { class: failure.auth, message: failure.message } : { class: "", message: "" };
}

const cases: {
  name: string;
  steps: readonly Step[];
  flags?: Record<string, string>;
  class: string;
  message: RegExp;
  text?: string;
}[] = [
  {
    name: "401",
    steps: answer(401, { error: { message: "no" } }),
    class: "MissingAuthError",
    message: /set api_key of Work in parley.yaml or send api_key$/,
  },
  { name: "403", steps: answer(403, { error: { message: "no" } }), class: "MissingAuthError", message: /403/ },
  {
    name: "402",
    steps: answer(402, { error: { message: "pay" } }),
    class: "PaymentRequiredError",
    message: /402: pay$/,
  },
  {
    name: "429",
    steps: answer(429, { error: { message: "slow down" } }, { "retry-after": "7" }),
    class: "RateLimitError",
    message: /429: slow down$/,
  },
  {
    name: "500 in JSON",
    steps: answer(500, { error: { message: "oops" } }),
    class: "ResponseError",
    message: /500: oops$/,
  },
  { name: "500 in HTML", steps: answer(500, "<h1>secret page</h1>"), class: "ResponseError", message: /answered 500$/ },
  {
    name: "a redirect, which would take the key elsewhere",
    steps: answer(302, "", { location: "http://127.0.0.1:1/" }),
    class: "ResponseError",
    message: /302$/,
  },
  {
    name: "headers that never come",
    steps: ["hang"],
    flags: { first_byte_timeout: "0.3" },
    class: "TimeoutError",
    message: /sent nothing for 0.3 s/,
  },
  {
    name: "half a head",
    steps: ["HTTP/1.1 200 OK\r\ncontent-ty", "hang"],
    flags: { first_byte_timeout: "0.3" },
    class: "TimeoutError",
    message: /sent nothing/,
  },
  {
    name: "an answer that is no HTTP",
    steps: ["BOO\r\n\r\n", "hang"],
    flags: { first_byte_timeout: "0.3" },
    class: "TimeoutError",
    message: /sent nothing/,
  },
  {
    name: "a connection closed before a byte, after a second of work that may be billed",
    steps: [{ waitMs: 1100 }, "close"],
    class: "ResponseError",
    message: /the connection to 127\.0\.0\.1:\d+ failed/,
  },
  { name: "a kept connection that had been closed: asked once more", steps: ["close"], class: "", message: /^$/ },
  {
    name: "a stream cut in the middle",
    steps: [...chunked([hello]), { waitMs: 30 }, "reset"],
    class: "ResponseError",
    message: /broke off before its end/,
    text: "Hel",
  },
  {
    name: "a stream that ends too early",
    steps: [...chunked([hello]), lastChunk],
    class: "ResponseError",
    message: /broke off before its end/,
    text: "Hel",
  },
  {
    name: "a malformed piece",
    steps: chunked([hello, "data: {nonsense\n\n"]),
    class: "ResponseError",
    message: /not JSON/,
    text: "Hel",
  },
  {
    name: "silence",
    steps: [...chunked([hello]), "hang"],
    flags: { silence_timeout: "0.3" },
    class: "TimeoutError",
    message: /fell silent for 0.3 s/,
    text: "Hel",
  },
];

describe("an upstream's failure becomes its event, a finish, and nothing more", () => {
  for (const { name, steps, flags, class: expected, message, text = "" } of cases) {
    test(name, async () => {
      const { events, app } = await failOnce(steps, flags);
      const failure = failureOf(events);
      expect(failure.class).toBe(expected);
      expect(failure.message).toMatch(message);
      if (expected !== "") {
        expect(failure.message.startsWith(`${expected}: `)).toBe(true);
        expect(textOf(events)).toBe(text);
        expect(events.at(-1)).toEqual({ type: "finish", finish: { reason: "error" } });
      }
      expect(app.trouble).toEqual([]);
    });
  }

  test("a refused connection", async () => {
    const gone = openUpstream(() => []);
    gone[Symbol.dispose]();
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: gone.origin }) });
    const events = await readEvents(await app.post({ ...ask, provider: "Work" }));
    expect(failureOf(events)).toEqual({
      class: "ResponseError",
      message: `ResponseError: Work is not reachable: ${new URL(gone.origin).host} refused the connection; is it running, and is the address right?`,
    });
  });

  test("a missing key names the setting that would cure it", async () => {
    await using app = await openApp();
    const events = await readEvents(await app.post({ ...ask, provider: "OpenAI" }));
    expect(failureOf(events)).toEqual({
      class: "MissingAuthError",
      message: "MissingAuthError: no key for OpenAI; set OPENAI_API_KEY or send api_key",
    });
  });
});

test("a silence is the upstream's, not that of comments, nor of a caller's own shorter limit", async () => {
  const alive = Array.from({ length: 8 }, (): Step[] => [toChunk(": still here\n\n"), { waitMs: 150 }]).flat();
  using upstream = openUpstream((_, count) =>
    count === 1
      ? [...chunked([hello]), ...alive, toChunk("data: [DONE]\n\n"), lastChunk]
      : [...chunked([hello]), "hang"],
  );
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { silence_timeout: "1" },
  });
  const kept = await readEvents(await app.post({ ...ask, provider: "Work" }));
  expect(kept.at(-1)).toEqual({ type: "finish", finish: { reason: "stop" } });
  const cut = await readEvents(await app.post({ ...ask, provider: "Work", stream_timeout: 0.2 }));
  expect(failureOf(cut).message).toBe("TimeoutError: Work fell silent for 0.2 s");
});

test("a whole answer is one, whatever becomes of the connection that it came by", async () => {
  const whole = [
    ...chunked([hello]),
    toChunk(`data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n`),
  ];
  using upstream = openUpstream((_, count) => [...whole, { waitMs: 30 }, count === 1 ? "reset" : "hang"]);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { silence_timeout: "0.4" },
  });
  for (let run = 0; run < 2; run++) {
    const events = await readEvents(await app.post({ ...ask, provider: "Work" }));
    expect(textOf(events)).toBe("Hel");
    expect(events.at(-1)).toEqual({ type: "finish", finish: { reason: "stop" } });
  }
});

test("an answer has begun with its first piece, not with its headers", async () => {
  using upstream = openUpstream(() => [
    ...chunked([]),
    { waitMs: 500 },
    toChunk(hello),
    toChunk("data: [DONE]\n\n"),
    lastChunk,
  ]);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { silence_timeout: "0.2" },
  });
  expect(textOf(await readEvents(await app.post({ ...ask, provider: "Work" })))).toBe("Hel");
});

test("a message without end is the upstream's fault, and is not held", async () => {
  const line = toChunk(`data: ${"x".repeat(1024 * 1024)}\n`);
  using upstream = openUpstream(() => [...chunked([]), ...Array.from({ length: 100 }, () => line), "hang"]);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const events = await readEvents(await app.post({ ...ask, provider: "Work" }));
  expect(failureOf(events)).toEqual({
    class: "ResponseError",
    message: "ResponseError: Work sent a message without end",
  });
  expect(app.services.health.status(app.services.registry.get("Work"))).toBe("cooling");
  expect(app.trouble).toEqual([]);
});

test("an operator's headers are struck out of what a vendor says", async () => {
  using upstream = openUpstream(() => answer(400, { error: { message: "bad header SECRET-HEADER-99" } }));
  const work = { name: "Work", type: "openai", base_url: upstream.origin, headers: { "x-secret": "SECRET-HEADER-99" } };
  await using app = await openApp({ yaml: Bun.YAML.stringify({ providers: [work] }) });
  const events = await readEvents(await app.post({ ...ask, provider: "Work" }));
  expect(failureOf(events).message).toContain("bad header [redacted]");
});

test("a whole answer has its limit, and the caller's may be shorter", async () => {
  const endless = Array.from({ length: 100 }, (): Step[] => [toChunk(hello), { waitMs: 50 }]).flat();
  using upstream = openUpstream(() => [...chunked([]), ...endless]);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { run_timeout: "0.5" },
  });
  const longest = await readEvents(await app.post({ ...ask, provider: "Work", timeout: 60 }));
  expect(failureOf(longest).message).toBe("TimeoutError: the answer took longer than 0.5 s");
  const shorter = await readEvents(await app.post({ ...ask, provider: "Work", timeout: 0.2 }));
  expect(failureOf(shorter).message).toBe("TimeoutError: the answer took longer than 0.2 s");
});

test("the same answer through four wires is the same run", async () => {
  const runs: Record<string, { types: string[]; text: string }> = {};
  for (const provider of ["openai", "anthropic", "gemini", "ollama"]) {
    const fixture = readFixture(provider, "text");
    using upstream = openUpstream(() => [
      `${fixture.head}\r\ntransfer-encoding: chunked\r\n\r\n`,
      toChunk(fixture.body),
      lastChunk,
    ]);
    await using app = await openApp({
      yaml: providerYaml({ name: provider, type: provider, origin: upstream.origin }),
    });
    // Each asked by the name that the vendor will answer with, so that none announces another model.
    const model =
      { openai: "gpt-4o-mini-2024-07-18", anthropic: "claude-sonnet-4-5-20250929" }[provider] ?? fixture.request.model;
    const events = await readEvents(await app.post({ ...fixture.request, model, provider }));
    runs[provider] = { types: joinPieces(events).map(({ type }) => type), text: textOf(events) };
  }
  const expected = {
    types: ["provider", "parameters", "content", "usage", "finish"],
    text: "Hello! How can I help — 你好 👋?",
  };
  expect(runs).toEqual({ openai: expected, anthropic: expected, gemini: expected, ollama: expected });
});
