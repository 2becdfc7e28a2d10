import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Ollama, type ChatRequest } from "ollama";
import { makeKey } from "../../support/keys.ts";
import { answer, lastChunk, openaiText, type Script, type Step } from "../../support/scripted-upstream.ts";
import { type AskedServer, chat, deltas, ending, generate, openAskedServer, recorded, ways } from "./asking.ts";

const asked: ChatRequest = { model: "m", messages: [{ role: "user", content: "Hello" }] };

/** What their client throws: a status where one came, else an error of the stream. */
async function failureOf(asking: Promise<unknown>): Promise<{ status: number | undefined; message: string }> {
  const thrown = await asking.then(
    () => new Error("it was answered"),
    (thrown: unknown) => thrown,
  );
  if (!(thrown instanceof Error)) throw thrown;
  return { status: "status_code" in thrown ? Number(thrown.status_code) : undefined, message: thrown.message };
}

const refusals: readonly { name: string; script: Script; status: number; message: RegExp }[] = [
  { name: "refuses the key", script: () => recorded("openai", "error-401"), status: 401, message: /key/ },
  { name: "wants to be paid", script: () => recorded("openai", "error-402"), status: 402, message: /./ },
  { name: "finds the request wrong", script: () => recorded("openai", "error-400"), status: 400, message: /./ },
  {
    name: "has no such model",
    script: () => recorded("openai", "error-404"),
    status: 404,
    message: /^model "A\/m" not found: /,
  },
  { name: "is asked too often", script: () => recorded("openai", "error-429"), status: 429, message: /./ },
  { name: "fails", script: () => recorded("openai", "error-500"), status: 502, message: /./ },
  { name: "fails with a page", script: () => answer(503, "<html>down</html>"), status: 502, message: /^[^<]+$/ },
  { name: "closes the connection", script: () => ["reset"], status: 502, message: /./ },
  { name: "speaks no JSON", script: () => answer(200, "<html>"), status: 502, message: /^[^<]+$/ },
  {
    name: "fails before its first word",
    script: () => deltas([{ role: "assistant" }], "reset"),
    status: 502,
    message: /./,
  },
];

/** What came together with a connection's end may never be read: so it comes a while before. */
const cut: readonly Step[] = [{ waitMs: 150 }, "close"];

/** What fails after the first word: a whole answer has a status then, and a stream a line. */
const cuts: readonly { name: string; script: Script; status: number; message: RegExp }[] = [
  { name: "tells of a failure", script: () => recorded("openai", "stream-error"), status: 502, message: /./ },
  { name: "is cut", script: () => deltas([{ content: "Hel" }], ...cut), status: 502, message: /./ },
  {
    name: "ends too soon",
    script: () => deltas([{ content: "Hel" }], lastChunk),
    status: 502,
    message: /./,
  },
  {
    name: "is cut within a call",
    script: () =>
      deltas(
        [{ tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "a", arguments: '{"x' } }] }],
        ...cut,
      ),
    status: 502,
    message: /./,
  },
  {
    name: "is cut while it thinks",
    script: () => deltas([{ reasoning_content: "Hm" }], ...cut),
    status: 502,
    message: /./,
  },
];

describe("their client is told what failed", () => {
  let server: AskedServer;
  // A provider that failed would be left alone for a while.
  beforeAll(async () => void (server = await openAskedServer()));
  afterAll(() => server[Symbol.asyncDispose]());

  for (const { name, script, status, message } of refusals)
    for (const way of ways)
      test(`the provider ${name}, ${way}`, async () => {
        server.play(script);
        const failure = await failureOf(chat(server.client, way, { ...asked, model: "A/m" }));
        expect(failure).toEqual({ status, message: expect.stringMatching(message) as unknown as string });
      });

  for (const { name, script, status, message } of cuts)
    for (const way of ways)
      test(`the answer ${name} after its first word, ${way}`, async () => {
        server.play(script);
        const failure = await failureOf(chat(server.client, way, { ...asked, model: "A/m" }));
        expect(failure.status).toBe(way === "whole" ? status : undefined);
        expect(failure.message).toMatch(message);
        expect(failure.message).not.toBe("Did not receive done or success response in stream.");
      });

  for (const way of ways) {
    test(`nobody has the model, in the words that tools look for, ${way}`, async () => {
      const failure = { status: 404, message: expect.stringMatching(/^model "nope:7b" not found/) };
      expect(await failureOf(chat(server.client, way, { ...asked, model: "nope:7b" }))).toEqual(failure);
      expect(await failureOf(generate(server.client, way, { model: "nope:7b", prompt: "x" }))).toEqual(failure);
      expect(await failureOf(chat(server.client, way, { model: "nope:7b" }))).toEqual(failure);
    });
  }

  test("nobody fills in what stands between two texts", async () => {
    expect(await failureOf(server.client.generate({ model: "m", prompt: "a", suffix: "b" }))).toEqual({
      status: 400,
      message: '"m" does not support insert',
    });
  });
});

describe("a client that leaves", () => {
  test("ends the run and what the provider says, while it streams", async () => {
    await using server = await openAskedServer();
    server.play(() => deltas([{ content: "Hel" }], "hang"));
    const lines = await server.client.chat({ ...asked, stream: true });
    for await (const { message } of lines) {
      expect(message.content).toBe("Hel");
      break;
    }
    server.client.abort();
    await server.upstream.requests[0]?.closed;
    expect((await server.client.ps()).models).toEqual([]);
  });

  test.each([true, false])("ends it before the first word, too (stream: %p)", async (stream) => {
    await using server = await openAskedServer();
    const isAsked = Promise.withResolvers<void>();
    server.play(() => (isAsked.resolve(), ["hang"]));
    const leaving = new AbortController();
    const asking = server.post("/api/chat", { ...asked, stream }, { signal: leaving.signal }).catch(() => "left");
    await isAsked.promise;
    leaving.abort();
    expect(await asking).toBe("left");
    await server.upstream.requests[0]?.closed;
  });
});

test("an answer that somebody else stops ends as a failure, not as if it were whole", async () => {
  await using server = await openAskedServer();
  server.play(() => deltas([{ content: "Hel" }], "hang"));
  const lines = await server.client.chat({ ...asked, stream: true });
  const [info] = await server.app.services.runs.list("local", 1);
  const said: string[] = [];
  const reading = (async () => {
    for await (const { message } of lines) said.push(message.content);
  })();
  await server.app.services.runs.cancel(info?.run_id ?? "", "local");
  expect((await failureOf(reading)).message).toBe("the answer was stopped");
  expect(said).toEqual(["Hel"]);
});

test("a server with a key wants it, and says so in this API's shape", async () => {
  await using server = await openAskedServer();
  server.play(() => openaiText("Hi."));
  const { headers } = await makeKey(server.app, "ann");
  for (const way of ways) expect(await failureOf(chat(server.client, way, asked))).toMatchObject({ status: 401 });
  expect(await failureOf(server.client.list())).toMatchObject({ status: 401, message: expect.stringContaining("key") });
  const known = new Ollama({ host: server.app.origin, headers });
  expect((await chat(known, "stream", asked)).content).toBe("Hi.");
  expect((await known.list()).models.map(({ name }) => name)).toContain("m");
  // Its command line looks whether there is a server, before it sends any key.
  const root = await server.app.get("/", { method: "HEAD" });
  expect(root.status).toBe(200);
});

test("a limit that was reached is no failure", async () => {
  await using server = await openAskedServer();
  server.play(() => deltas([{ content: "Hel" }], ...ending("content_filter")));
  expect((await chat(server.client, "stream", asked)).last.done_reason).toBe("content_filter");
});
