import { expect, test } from "bun:test";
import { createClient } from "../../client/index.ts";
import { collect, failureOf, question } from "../support/client.ts";

const message = (seq: number, event: { type: string }) =>
  `id: run_1.${seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const content = (seq: number) => message(seq, { type: "content", content: `${seq} ` } as { type: string });
const finish = (seq: number) => message(seq, { type: "finish", finish: { reason: "stop" } } as { type: string });
const stream = (text: string) =>
  new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8", "x-run-id": "run_1" } });
const refusal = (status: number, code: string, headers: Record<string, string> = {}) =>
  Response.json({ error: { code, message: "as the server words it" } }, { status, headers });
const page = (status: number, headers: Record<string, string> = {}) =>
  new Response("<h1>Not here</h1>", { status, headers: { "content-type": "text/html", ...headers } });

/** What stands where the server is expected answers so, one after the other; and what it was asked. */
async function answered(
  answers: readonly Response[],
  options: { giveUpAfterMs?: number } = {},
): Promise<{ text: string; failure: unknown; asked: readonly string[] }> {
  const asked: string[] = [];
  using server = Bun.serve({
    port: 0,
    fetch(request) {
      asked.push(request.url.slice(server.url.origin.length + "/backend-api/v2".length));
      return answers[asked.length - 1] ?? page(404);
    },
  });
  let text = "";
  const reading = (async () => {
    for await (const event of createClient(server.url.origin).chat(question, options))
      if (event.type === "content") text += event.content;
  })();
  return { failure: await failureOf(reading), text, asked };
}

test("a stream that ends without a finish is gone on with, and events that are there twice are shown once", async () => {
  const { text, failure, asked } = await answered([
    stream(content(1) + content(2)),
    stream(content(2) + content(3)),
    stream(content(5)),
    stream(content(4) + finish(5)),
  ]);
  expect(failure).toBeUndefined();
  expect(text).toBe("1 2 3 4 ");
  expect(asked).toEqual(["/conversation", ...[2, 3, 3].map((after) => `/runs/run_1/events?after=${after}`)]);
});

test("a failure without a number, which says that the stream cannot be read on, is followed by one more try", async () => {
  const broken = 'event: error\ndata: {"type":"error","error":"ResponseError","message":"ResponseError: lost"}\n\n';
  expect(await answered([stream(content(1) + broken), stream(finish(2))])).toMatchObject({ failure: undefined });
  const { failure, asked } = await answered([stream(content(1) + broken), stream(broken), stream(finish(2))]);
  expect(failure).toMatchObject({ code: "run_failed", class: "ResponseError" });
  expect(asked).toHaveLength(2);
});

test("what the server refuses to go on with is thrown as it is worded", async () => {
  for (const [status, code] of [
    [404, "not_found"],
    [409, "not_resumable"],
    [401, "access_denied"],
  ] as const) {
    const { text, failure, asked } = await answered([stream(content(1)), refusal(status, code)]);
    expect(failure).toMatchObject({ code, status, message: "as the server words it", isRetryable: false });
    expect(text).toBe("1 ");
    expect(asked).toHaveLength(2);
  }
  const gone = await answered([refusal(410, "answer_expired")]);
  expect(gone.failure).toMatchObject({ code: "answer_expired", status: 410 });
  const over = await answered([stream(content(1)), new Response(null, { status: 204 })]);
  expect(over.failure).toMatchObject({ code: "unexpected_answer", status: 204 });
});

test("a server that starts again, and the proxy before it, are waited for as long as they say", async () => {
  const began = performance.now();
  const { failure, text } = await answered([
    stream(content(1)),
    page(502),
    page(521),
    page(404),
    refusal(503, "shutting_down", { "retry-after": "1" }),
    refusal(409, "still_running", { "retry-after": "0" }),
    stream(content(2) + finish(3)),
  ]);
  expect(failure).toBeUndefined();
  expect(text).toBe("1 2 ");
  expect(performance.now() - began).toBeGreaterThan(1000);
});

test("a question that may have arrived is not given up for what the server says while it starts again", async () => {
  const lost = page(502);
  const busy = refusal(429, "rate_limited", { "retry-after": "0" });
  const away = refusal(503, "shutting_down", { "retry-after": "0" });
  const { failure, text, asked } = await answered([lost, away, busy, stream(content(1) + finish(2))]);
  expect(failure).toBeUndefined();
  expect(text).toBe("1 ");
  expect(asked).toEqual(Array.from({ length: 4 }, () => "/conversation"));
});

test("a wait that is longer than one is ready for is not begun", async () => {
  const { failure } = await answered([stream(content(1)), refusal(503, "shutting_down", { "retry-after": "30" })], {
    giveUpAfterMs: 5_000,
  });
  expect(failure).toMatchObject({ code: "shutting_down", retryAfterMs: 30_000, isRetryable: true });
});

test("what refuses the question itself is for the caller to judge", async () => {
  const { failure, asked } = await answered([
    refusal(429, "rate_limited", { "retry-after": "7", "x-request-id": "r1" }),
  ]);
  expect(failure).toMatchObject({ code: "rate_limited", status: 429, retryAfterMs: 7000, requestId: "r1" });
  expect(asked).toEqual(["/conversation"]);
  const draining = await answered([refusal(503, "shutting_down")]);
  expect(draining.failure).toMatchObject({ code: "shutting_down", retryAfterMs: 1000 });
});

test("what is no Parley server is said to be none", async () => {
  for (const response of [page(200), page(404), stream("data: no JSON\n\n")]) {
    const { failure, asked } = await answered([response]);
    expect(failure).toMatchObject({ code: "unexpected_answer", isRetryable: false });
    expect(asked).toHaveLength(1);
  }
  expect((await answered([page(413)])).failure).toMatchObject({ code: "body_too_large", status: 413 });
  expect(await answered([page(503, { "retry-after": "60" })])).toMatchObject({
    failure: { code: "connection_failed", status: 503, retryAfterMs: 60_000 },
  });
});

test("a loop over an answer that was lost is told again, and not that the answer is over", async () => {
  using server = Bun.serve({ port: 0, fetch: () => refusal(401, "access_denied") });
  const answer = createClient(server.url.origin).chat(question);
  const failure = await failureOf(collect(answer));
  expect(failure).toMatchObject({ code: "access_denied" });
  expect(await failureOf(collect(answer))).toBe(failure);
  expect(await failureOf(answer.text())).toBe(failure);
});

test("an event of a type that a newer server has is passed on", async () => {
  using server = Bun.serve({ port: 0, fetch: () => stream(message(1, { type: "novelty" }) + finish(2)) });
  const events = await collect(createClient(server.url.origin).chat(question));
  expect(events.map(({ type }): string => type)).toEqual(["novelty", "finish"]);
});

test("an answer whose id never came tells whoever waits for the id why", async () => {
  const headers = { "content-type": "text/event-stream" };
  using server = Bun.serve({ port: 0, fetch: () => new Response("data: no JSON\n\n", { headers }) });
  const answer = createClient(server.url.origin).chat(question);
  const failures = await Promise.all([failureOf(answer.runId), failureOf(answer.text())]);
  expect(failures).toMatchObject([{ code: "unexpected_answer" }, { code: "unexpected_answer" }]);
});

test("the id is read from the events where a proxy keeps the head's from us", async () => {
  const headers = { "content-type": "text/event-stream" };
  const parts = [content(1), finish(2)];
  const asked: string[] = [];
  using server = Bun.serve({
    port: 0,
    fetch({ url }) {
      asked.push(new URL(url).pathname);
      return new Response(parts.shift(), { headers });
    },
  });
  const answer = createClient(server.url.origin).chat(question);
  expect(await answer.text()).toBe("1 ");
  expect(await answer.runId).toBe("run_1");
  expect(asked[1]).toBe("/backend-api/v2/runs/run_1/events");
});
