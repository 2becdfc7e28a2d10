import { describe, expect, test } from "bun:test";
import { openApp } from "../support/app.ts";
import { chunk, createPath, endedBy, openCreate, refusalOf } from "../support/create.ts";
import { answer, chunked, openaiText } from "../support/scripted-upstream.ts";

const pieces = async (response: Response) => {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return { next: async () => (await reader.read()).value, leave: () => reader.cancel() };
};

describe("a quick answer", () => {
  test("is plain text, with who answered in its headers, and the run is one like any other", async () => {
    await using work = await openCreate(() => openaiText("Hello ", "you"));
    const response = await work.get();
    expect([response.status, Object.fromEntries(response.headers)]).toMatchObject([
      200,
      {
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-run-id": expect.stringMatching(/^run_/),
        "x-provider": "A",
        "x-model": "m",
      },
    ]);
    expect(await response.text()).toBe("Hello you");
    const run = await (await work.app.get(`/backend-api/v2/runs/${response.headers.get("x-run-id")}/trace`)).json();
    expect(run.attempts).toMatchObject([{ provider: "A", outcome: "answered" }]);
    expect(JSON.parse(work.upstream.requests[0]!.body).messages).toEqual([{ role: "user", content: "Hello" }]);
  });

  test("comes as it is said", async () => {
    await using work = await openCreate(() => [...chunked([chunk("one ")]), { waitMs: 60_000 }]);
    const empty = { provider: "", web_search: "", filter_markdown: "", json: "", cache: "", audio: "", stream: "" };
    for (const query of [{}, empty]) {
      const reader = await pieces(await work.get(query));
      expect(await reader.next()).toBe("one ");
      await reader.leave();
    }
  });

  test("without any model comes from the built-in assistant", async () => {
    await using app = await openApp();
    const response = await app.get(createPath({ prompt: "17 * 3" }));
    expect([response.headers.get("x-provider"), await response.text()]).toEqual([
      "Builtin",
      expect.stringContaining("17 * 3 = 51"),
    ]);
  });

  test("holds characters whole, wherever they were cut, and takes any prompt that an address holds", async () => {
    await using work = await openCreate(() => endedBy("stop", "a\ud83d", "\ude00", "é", "\ud83d"));
    const prompt = "Ünï 😀\u0000\u202e \\ + % & = # ?\n" + "x".repeat(10_000);
    const response = await work.get({ prompt });
    expect(await response.text()).toBe("a😀é\ufffd");
    expect(JSON.parse(work.upstream.requests[0]!.body).messages[0].content).toBe(prompt);
  });

  test("takes what is no UTF-8 in an address as it stands", async () => {
    await using work = await openCreate(() => openaiText("x"));
    for (const prompt of ["%zz", "%ff", "%c3%28"])
      expect((await work.app.get(`/backend-api/v2/create?model=m&prompt=${prompt}`)).status).toBe(200);
  });

  test("goes by providers in order, where several are named", async () => {
    await using work = await openCreate(() => answer(500, {}), { flags: { scripted: "true" } });
    const response = await work.get({ provider: "A Scripted", model: "echo" });
    expect([await response.text(), response.headers.get("x-provider")]).toEqual(["Hello", "Scripted"]);
  });

  test("counts what is said last where a parameter comes twice, and nothing that it does not know", async () => {
    await using work = await openCreate(() => openaiText("x"));
    await (await work.app.get(`${createPath({ prompt: "one", model: "m" })}&prompt=two&_=1&temperature=hot`)).text();
    expect(JSON.parse(work.upstream.requests[0]!.body)).toMatchObject({ messages: [{ content: "two" }] });
  });
});

describe("what fails before the first byte has a status", () => {
  test.each([
    [400, {}, 400, "upstream_rejected"],
    [401, {}, 401, "missing_auth"],
    [402, {}, 402, "payment_required"],
    [404, {}, 404, "model_not_found"],
    [429, { "retry-after": "120" }, 429, "rate_limited"],
    [500, {}, 502, "upstream_failed"],
    [504, {}, 504, "upstream_timeout"],
  ])("an upstream's %d", async (status, headers, expected, code) => {
    await using work = await openCreate(() => answer(status, { error: { message: "no" } }, headers));
    for (const stream of ["true", "false"]) {
      const response = await work.get({ provider: "A", stream });
      if (status === 429) expect(response.headers.get("retry-after")).toBe("120");
      expect(await refusalOf(response)).toEqual([expected, code]);
    }
  });

  test("a silent upstream's is 504", async () => {
    await using work = await openCreate(() => ["hang"], { flags: { first_byte_timeout: "0.2" } });
    expect(await refusalOf(await work.get({ provider: "A" }))).toEqual([504, "upstream_timeout"]);
  });

  test("and so has what is asked wrongly", async () => {
    await using work = await openCreate(() => openaiText("x"));
    const path = "/backend-api/v2/create";
    for (const query of ["", "?prompt=", "?prompt=%20%0a", "?model=m"])
      expect(await refusalOf(await work.app.get(path + query))).toEqual([400, "invalid_request"]);
    expect(await refusalOf(await work.get({ provider: "Nobody" }))).toEqual([404, "provider_not_found"]);
    expect(await refusalOf(await work.get({ model: "none" }))).toEqual([404, "model_not_found"]);
    const long = "x".repeat(257);
    for (const query of [{ cache: long }, { model: long }] as Record<string, string>[])
      expect(await refusalOf(await work.get(query))).toEqual([400, "invalid_request"]);
    expect(work.upstream.requests).toEqual([]);
    const tooLong = await work.get({ prompt: "x".repeat(40_000) });
    expect([431, 414]).toContain(tooLong.status);
  });
});

describe("what did not end with stop", () => {
  test.each([
    ["length", "Hello\n[length]"],
    ["content_filter", "Hello\n[content_filter]"],
  ])("says so: %s", async (reason, text) => {
    await using work = await openCreate(() => endedBy(reason, "Hello"));
    for (const stream of ["1", "0"]) expect(await work.text({ stream })).toBe(text);
    expect(await work.text({ filter_markdown: "js" })).toBe(`[${reason}]`);
  });

  test("breaks off where it streams, and has a status where it would be given whole", async () => {
    await using work = await openCreate(() => [...chunked([chunk("Hello")]), { waitMs: 50 }, "reset"]);
    expect(await work.text()).toBe("Hello\n[error]");
    expect(await refusalOf(await work.get({ stream: "false" }))).toEqual([502, "upstream_failed"]);
  });

  test("says so where it was cancelled", async () => {
    await using work = await openCreate(() => [...chunked([chunk("Hello")]), "hang"]);
    const response = await work.get();
    const reader = await pieces(response);
    expect(await reader.next()).toBe("Hello");
    await work.app.get(`/backend-api/v2/runs/${response.headers.get("x-run-id")}/cancel`, { method: "POST" });
    expect(await reader.next()).toBe("\n[cancelled]");
  });
});

describe("a filter", () => {
  const said = "First:\n```js\n1\n```\nthen\n~~~JSON\n{}\n~~~\nand\n````py\n```\n````";
  test.each([
    [{ filter_markdown: "true" }, "1"],
    [{ filter_markdown: "1" }, "1"],
    [{ json: "true" }, "1"],
    [{ json: "json" }, "{}"],
    [{ filter_markdown: "json" }, "{}"],
    [{ filter_markdown: "py, json" }, "{}"],
    [{ filter_markdown: "PY" }, "```"],
    [{ filter_markdown: "ruby" }, ""],
    [{ filter_markdown: "false", json: "json" }, said],
    [{ filter_markdown: "", json: "json" }, "{}"],
    [{ filter_markdown: "0" }, said],
  ])("%j", async (query, text) => {
    await using work = await openCreate(() => openaiText(...said.match(/[^]{1,5}/g)!));
    expect(await work.text(query as unknown as Record<string, string>)).toBe(text);
  });

  test("for any block gives the whole text where there is none", async () => {
    await using work = await openCreate(() => openaiText('{"a":1}'));
    expect(await work.text({ json: "true" })).toBe('{"a":1}');
    expect(await work.text({ json: "json" })).toBe("");
  });
});

describe("who leaves", () => {
  test.each([
    ["before the first word", {}, false],
    ["within the answer", {}, true],
    ["while it is made whole", { stream: "false" }, false],
    ["while it is made to be kept", { cache: "x" }, false],
  ])("%s ends the upstream's work within a second", async (_, query, isBegun) => {
    await using work = await openCreate(() => (isBegun ? [...chunked([chunk("Hello")]), "hang"] : ["hang"]));
    const leaving = new AbortController();
    const asked = work.get(query as Record<string, string>, { signal: leaving.signal });
    asked.catch(() => {});
    while (work.upstream.requests.length === 0) await Bun.sleep(5);
    if (isBegun) await (await pieces(await asked)).next();
    const leftAt = performance.now();
    leaving.abort();
    expect((await work.upstream.requests[0]!.closed) - leftAt).toBeLessThan(1000);
    expect(work.app.logged).toEqual([]);
  });
});
