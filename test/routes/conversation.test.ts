import { describe, expect, test } from "bun:test";
import { conversationPath, openApp, providerYaml } from "../support/app.ts";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";

const messages = [{ role: "user", content: "What can you do?" }];
const code = async (response: Response) => [response.status, (await response.json()).error.code];

describe("a conversation is refused", () => {
  const bodies: readonly (readonly [string, unknown, number, string, string])[] = [
    ["that is no JSON", "{", 400, "invalid_json", "the body is not JSON in UTF-8, or nests deeper than 128 levels"],
    ["that is empty", "", 400, "invalid_json", "the body is not JSON in UTF-8, or nests deeper than 128 levels"],
    [
      "that nests too deep",
      `{"messages":${"[".repeat(200)}${"]".repeat(200)}}`,
      400,
      "invalid_json",
      "the body is not JSON in UTF-8, or nests deeper than 128 levels",
    ],
    [
      "that is not UTF-8",
      new Blob([new Uint8Array([0x22, 0xff, 0x22])]),
      400,
      "invalid_json",
      "the body is not JSON in UTF-8, or nests deeper than 128 levels",
    ],
    ["that is an array", [], 400, "invalid_request", "the body must be a JSON object"],
    ["that is null", "null", 400, "invalid_request", "the body must be a JSON object"],
    ["without messages", {}, 400, "invalid_request", "messages is missing"],
    [
      "with messages of another kind",
      { messages: "hi" },
      400,
      "invalid_request",
      "messages: expected an array with at least one message",
    ],
    [
      "with no message",
      { messages: [] },
      400,
      "invalid_request",
      "messages: expected an array with at least one message",
    ],
    [
      "with a message that is none",
      { messages: [5] },
      400,
      "invalid_request",
      "messages[0]: expected a message: an object with role and content",
    ],
    [
      "with an unknown role",
      { messages: [{ role: "robot", content: "" }] },
      400,
      "invalid_request",
      "messages[0].role: expected one of system, developer, user, assistant, tool",
    ],
    [
      "with an unknown part",
      { messages: [{ role: "user", content: [{ type: "smell" }] }] },
      400,
      "invalid_request",
      "messages[0].content[0]: expected a part of type text, image_url, input_audio or file, with that type's fields, or a part with bucket_id",
    ],
    [
      "with a temperature that is none",
      { messages, temperature: "hot" },
      400,
      "invalid_request",
      "temperature: expected a number or null",
    ],
    [
      "with a provider that is none",
      { messages, provider: 5 },
      400,
      "invalid_request",
      "provider: expected a provider's name, a list of at most 100 names, or null",
    ],
    ["with no time", { messages, timeout: 0 }, 400, "invalid_request", "timeout: expected a number above 0 or null"],
    [
      "with an unknown provider",
      { messages, provider: "Nobody" },
      404,
      "provider_not_found",
      'no provider is called "Nobody"; GET /backend-api/v2/providers and `parley providers` list them',
    ],
    [
      "with a model that nobody has",
      { messages, model: "gpt-9" },
      404,
      "model_not_found",
      'no configured provider has the model "gpt-9"; set a key such as OPENAI_API_KEY, or start a local runtime',
    ],
  ];
  for (const [name, body, status, expected, message] of bodies) {
    test(name, async () => {
      await using app = await openApp();
      const raw = typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body);
      const response = await app.get(conversationPath, { method: "POST", body: raw });
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ error: { message, code: expected } });
    });
  }

  test("that is too large, said or chunked, and with more answers than the server may produce", async () => {
    await using app = await openApp({
      flags: { max_body: "2000", max_upload: "3000", max_runs: "1", scripted: "true" },
    });
    const large = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(3000) }] });
    expect(await code(await app.get(conversationPath, { method: "POST", body: large }))).toEqual([
      413,
      "body_too_large",
    ]);
    const streamed = new Response(large).body!;
    expect(await code(await app.get(conversationPath, { method: "POST", body: streamed }))).toEqual([
      413,
      "body_too_large",
    ]);
    const form = new FormData();
    form.append("files", new Blob(["x".repeat(4000)]), "a.png");
    expect(await code(await app.get(conversationPath, { method: "POST", body: form }))).toEqual([
      413,
      "body_too_large",
    ]);
    // It is said a word after the other, for about two seconds.
    const long = [{ role: "user", content: "word ".repeat(100) }];
    const first = await app.post({ messages: long, provider: "Scripted" });
    const second = await app.post({ messages });
    expect(second.headers.get("retry-after")).toBe("1");
    expect(await code(second)).toEqual([429, "too_many_runs"]);
    await first.text();
    expect((await app.post({ messages })).status).toBe(200);
  });

  test("that is compressed", async () => {
    await using app = await openApp();
    const init = {
      method: "POST",
      body: Bun.gzipSync(JSON.stringify({ messages })),
      headers: { "content-encoding": "gzip" },
    };
    expect(await code(await app.get(conversationPath, init))).toEqual([415, "unsupported_media_type"]);
  });

  test("in a form of very many parts, or whose messages are none", async () => {
    await using app = await openApp();
    const form = new FormData();
    form.append("json", JSON.stringify({ messages }));
    for (let part = 1; part < 1000; part++) form.append("x", "");
    expect((await app.get(conversationPath, { method: "POST", body: form })).status).toBe(200);
    form.append("x", "");
    expect(await code(await app.get(conversationPath, { method: "POST", body: form }))).toEqual([
      413,
      "body_too_large",
    ]);
    const wrong = new FormData();
    wrong.append("json", new Blob([JSON.stringify({ messages: "oops" })], { type: "application/json" }));
    wrong.append("files", new Blob(["x"]), "a.png");
    expect(await code(await app.get(conversationPath, { method: "POST", body: wrong }))).toEqual([
      400,
      "invalid_request",
    ]);
  });

  test("with a key that no header can hold", async () => {
    await using app = await openApp();
    for (const api_key of ["sk-…", "a\nb", { openai: "k\0" }])
      expect(await code(await app.post({ messages, provider: "OpenAI", api_key }))).toEqual([400, "invalid_request"]);
  });

  test("in a form that is none, that lacks its JSON, or that names media to fetch", async () => {
    await using app = await openApp();
    const broken = { method: "POST", body: "--x", headers: { "content-type": "multipart/form-data; boundary=y" } };
    expect(await code(await app.get(conversationPath, broken))).toEqual([400, "invalid_request"]);
    const empty = new FormData();
    empty.append("files", new Blob(["x"]), "a.png");
    expect(await code(await app.get(conversationPath, { method: "POST", body: empty }))).toEqual([
      400,
      "invalid_request",
    ]);
    const media = new FormData();
    media.append("json", JSON.stringify({ messages }));
    media.append("media_url", "http://169.254.169.254/");
    expect(await code(await app.get(conversationPath, { method: "POST", body: media }))).toEqual([
      400,
      "address_not_allowed",
    ]);
  });
});

describe("a conversation is answered", () => {
  test("without any key, in the order of the contract, whatever the content type says", async () => {
    await using app = await openApp();
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", "image/png"]) {
      const events = await readEvents(await app.post({ messages }, { headers: { "content-type": type } }));
      expect(events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])).toEqual([
        "provider",
        "parameters",
        "content",
        "usage",
        "finish",
      ]);
      expect(events[0]).toEqual({
        type: "provider",
        provider: { name: "Builtin", url: null, label: "Built-in assistant, no language model", model: "help" },
      });
      expect(textOf(events)).toContain("no language model");
    }
  });

  test("with the headers that a stream needs, the first bytes at once", async () => {
    using upstream = openUpstream(() => ["hang"]);
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    const response = await app.post({ messages, provider: "Work" });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "x-run-id": expect.stringMatching(/^run_[\w-]{22}$/),
      "x-request-id": expect.any(String),
    });
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toStartWith(": open\n\n");
    await reader.cancel();
  });

  test("as one object a line, where that is asked for", async () => {
    await using app = await openApp();
    const asked = [
      await app.post({ messages }, { headers: { accept: "application/x-ndjson" } }),
      await app.get(`${conversationPath}?format=ndjson`, { method: "POST", body: JSON.stringify({ messages }) }),
    ];
    for (const response of asked) {
      expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
      assertRun(
        (await response.text())
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line)),
      );
    }
    await using lines = await openApp({ flags: { conversation_format: "ndjson" } });
    expect((await lines.post({ messages })).headers.get("content-type")).toStartWith("application/x-ndjson");
    expect(
      (await lines.post({ messages }, { headers: { accept: "text/event-stream" } })).headers.get("content-type"),
    ).toStartWith("text/event-stream");
  });

  test("from a form with pictures and sound, known by their bytes, which go into the last message of the user", async () => {
    using upstream = openUpstream(() => openaiText("A picture."));
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const wav = Buffer.concat([
      Buffer.from("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", "latin1"),
      Buffer.alloc(20),
    ]);
    const form = new FormData();
    form.append("json", JSON.stringify({ messages: [{ role: "user", content: "What is it?" }], provider: "Work" }));
    form.append("files", new File([png], "blob"));
    form.append("files", new File([wav], "a.png", { type: "image/png" }));
    form.append("files", new File(["<svg/>"], "a.svg", { type: "image/svg+xml" }));
    expect(textOf(await readEvents(await app.get(conversationPath, { method: "POST", body: form })))).toBe(
      "A picture.",
    );
    expect(JSON.parse(upstream.requests[0]!.body).messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${png.toString("base64")}` } },
          { type: "input_audio", input_audio: { data: wav.toString("base64"), format: "wav" } },
          { type: "text", text: "<!-- File: a.svg -->\n<svg/>\n<!-- End -->\n\n" },
        ],
      },
    ]);
  });

  test("with what existing clients send: empty contents, nulls, fields of their own", async () => {
    using upstream = openUpstream(() => openaiText("fine"));
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    const events = await readEvents(
      await app.post({
        id: "1",
        model: "",
        provider: "",
        proxy: "http://127.0.0.1:1",
        base_url: "http://127.0.0.1:1",
        headers: { "x-evil": "1" },
        extra_body: { a: 1 },
        conversation: null,
        download_media: true,
        tools: null,
        logit_bias: { "50256": -100 },
        messages: [
          { role: "user", content: [], id: "x" },
          { role: "assistant", content: null },
          { role: "user", content: "Hi", name: null },
        ],
      }),
    );
    expect(textOf(events)).toBe("fine");
    const { headers, body } = upstream.requests[0]!;
    expect(headers).not.toHaveProperty("x-evil");
    expect(JSON.parse(body)).toEqual({
      model: "m",
      logit_bias: { "50256": -100 },
      messages: [
        { role: "user", content: "" },
        { role: "assistant", content: "" },
        { role: "user", content: "Hi" },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(events.at(-1)).toEqual({
      type: "log",
      log: 'Work was not sent: "id", "headers", "extra_body"',
    });
  });

  test("with strings that go through unchanged", async () => {
    using upstream = openUpstream(() => openaiText("  \u0000é e\u0301 \u2028 <b>&amp;\\n "));
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    const content = " \u0000 é e\u0301 \ud83d\udc4b \u202e </script> \\u0041 ";
    const events = await readEvents(await app.post({ messages: [{ role: "user", content }], provider: "Work" }));
    expect(JSON.parse(upstream.requests[0]!.body).messages[0].content).toBe(content);
    expect(textOf(events)).toBe("  \u0000é e\u0301 \u2028 <b>&amp;\\n ");
  });

  test("going on where the last answer stopped", async () => {
    using upstream = openUpstream(() => openaiText("more"));
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    const half = [...messages, { role: "assistant", content: "I can" }];
    await readEvents(await app.post({ messages: half, provider: "Work", action: "continue" }));
    expect(JSON.parse(upstream.requests[0]!.body).messages.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "user",
    ]);
  });

  test("while keys never show, in events, errors or the log", async () => {
    const key = "sk-canary-0123456789";
    using upstream = openUpstream(() => answer(400, { error: { message: `refused ${key}, sorry` } }));
    await using app = await openApp({
      yaml: providerYaml({ name: "Work", origin: upstream.origin, key }),
      flags: { log_level: "debug" },
    });
    const server = await (await app.post({ messages, provider: "Work" })).text();
    expect(server).toContain("refused [redacted], sorry");
    const own = await (await app.post({ messages, provider: "Work", api_key: "sk-own-canary" })).text();
    expect(upstream.requests[1]!.headers.authorization).toBe("Bearer sk-own-canary");
    expect(server + own + app.logged.join()).not.toContain("canary");
  });
});
