import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type OpenAI from "openai";
import type { Response } from "openai/resources/responses/responses";
import { openApp, providerYaml } from "../../support/app.ts";
import { callPieces, chatChunks, chunk } from "../../support/chat-chunks.ts";
import { fromSource, startServer } from "../../support/command.ts";
import { makeKey } from "../../support/keys.ts";
import { createOpenai } from "../../support/openai-client.ts";
import { answer, chunked, openaiText, openUpstream } from "../../support/scripted-upstream.ts";
import { failureOf } from "../../support/failure.ts";

const weather = { type: "function" as const, name: "weather", parameters: {}, strict: false };

/** As those who poll do. */
async function whenOver(client: OpenAI, id: string): Promise<Response> {
  for (;;) {
    const response = await client.responses.retrieve(id);
    if (response.status !== "queued" && response.status !== "in_progress") return response;
    await Bun.sleep(2);
  }
}

test("a response goes on from the one before it: all that was said, but its instructions", async () => {
  const says = [
    chatChunks(callPieces(0, "call_a", "weather", "{}"), "tool_calls"),
    chatChunks([{ reasoning_content: "Hm" }, { content: "Sun." }]),
    chatChunks([{ content: "Yes." }]),
  ];
  using upstream = openUpstream((_, count) => says[count - 1] ?? []);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const first = await responses.create({ model: "m", instructions: "Be kind.", input: "Rome?", tools: [weather] });
  const second = await responses
    .stream({
      model: "m",
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: "call_a", output: "sun" }],
    })
    .finalResponse();
  const third = await responses.create({ model: "m", previous_response_id: second.id, input: "Sure?" });
  expect(third).toMatchObject({ output_text: "Yes.", previous_response_id: second.id });
  expect(JSON.parse(upstream.requests[2]?.body ?? "").messages).toEqual([
    { role: "user", content: "Rome?" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_a", type: "function", function: { name: "weather", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "call_a", content: "sun" },
    { role: "assistant", content: "Sun." },
    { role: "user", content: "Sure?" },
  ]);
});

test("an item of an earlier response is meant by a reference to it", async () => {
  using upstream = openUpstream(() => openaiText("Sun."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const first = await responses.create({ model: "m", input: "Rome?" });
  const [asked] = (await responses.inputItems.list(first.id)).data;
  await responses.create({
    model: "m",
    store: false,
    input: [
      { type: "item_reference", id: asked?.id ?? "" },
      { type: "item_reference", id: first.output[0]?.id ?? "" },
      { role: "user", content: "Sure?" },
    ],
  });
  expect(JSON.parse(upstream.requests[1]?.body ?? "").messages).toEqual([
    { role: "user", content: "Rome?" },
    { role: "assistant", content: "Sun." },
    { role: "user", content: "Sure?" },
  ]);
});

test("the items of a request are listed page by page, either way round", async () => {
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const input = ["a", "b", "c"].map((content) => ({ role: "user" as const, content }));
  const { id } = await responses.create({ model: "m", input });
  const said = async (order: "asc" | "desc") =>
    (await Array.fromAsync(responses.inputItems.list(id, { order, limit: 2 }))).map((item) =>
      item.type === "message" ? item.content : item.type,
    );
  const text = (word: string) => [{ type: "input_text", text: word }];
  expect(await said("asc")).toEqual(["a", "b", "c"].map(text) as never);
  expect(await said("desc")).toEqual(["c", "b", "a"].map(text) as never);
});

test("what is not to be stored, and what was deleted, is not there", async () => {
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const unstored = await responses.create({ model: "m", input: "Hi", store: false });
  expect(unstored).toMatchObject({ store: false, output_text: "Yes." });
  expect(await failureOf(responses.retrieve(unstored.id))).toMatchObject({ status: 404 });
  const stored = await responses.create({ model: "m", input: "Hi" });
  expect(await responses.delete(stored.id)).toMatchObject({ id: stored.id, deleted: true } as never);
  expect(await failureOf(responses.delete(stored.id))).toMatchObject({
    status: 404,
    type: "invalid_request_error",
    error: { message: `Response with id '${stored.id}' not found.` },
  });
  expect(await failureOf(responses.create({ model: "m", input: "Hi", previous_response_id: stored.id }))).toMatchObject(
    { status: 404 },
  );
});

test("the responses of another owner do not exist", async () => {
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const mine = createOpenai(app, (await makeKey(app, "ann")).key).responses;
  const theirs = createOpenai(app, (await makeKey(app, "bob")).key).responses;
  const { id, output } = await mine.create({ model: "m", input: "Hi" });
  const reference = { type: "item_reference" as const, id: output[0]?.id ?? "" };
  const attempts = [
    theirs.retrieve(id),
    theirs.retrieve(id, { stream: true }),
    theirs.cancel(id),
    theirs.delete(id),
    theirs.inputItems.list(id),
    theirs.create({ model: "m", input: "Hi", previous_response_id: id }),
    theirs.create({ model: "m", input: [reference] }),
  ];
  const failures = await Promise.all(attempts.map(failureOf));
  expect(failures.map((failure) => Reflect.get(Object(failure), "status"))).toEqual(attempts.map(() => 404));
  expect(await mine.retrieve(id)).toMatchObject({ output_text: "Yes." });
});

test("a response in the background is answered at once, goes on alone, and is read again with the same events", async () => {
  const deltas = [{ reasoning_content: "Hm" }, ...[..."abcdef"].map((content) => ({ content }))];
  const [head, ...rest] = chatChunks(deltas);
  using upstream = openUpstream(() => [head!, ...rest.flatMap((step) => [{ waitMs: 2 }, step])]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const client = createOpenai(app);
  const queued = await client.responses.create({ model: "m", input: "Hi", background: true });
  expect(queued).toMatchObject({ status: "queued", background: true, output: [] });
  const live = await Array.fromAsync(await client.responses.retrieve(queued.id, { stream: true }));
  expect(live.slice(0, 3).map(({ type }) => type)).toEqual([
    "response.created",
    "response.queued",
    "response.in_progress",
  ]);
  expect(live.at(-1)).toMatchObject({ type: "response.completed", sequence_number: live.length - 1 });
  const done = await client.responses.retrieve(queued.id);
  expect(done).toMatchObject({ status: "completed", output_text: "abcdef" });
  // As it was told live, byte for byte, from wherever one wants it.
  for (const after of [-1, 0, 4, 7, live.length - 1]) {
    const query = after === -1 ? { stream: true as const } : { stream: true as const, starting_after: after };
    const again = await Array.fromAsync(await client.responses.retrieve(queued.id, query));
    expect(again).toEqual(live.slice(after + 1));
  }
});

test("the stream of a response in the background can be lost and taken up where it was", async () => {
  const { promise: isLost, resolve: lose } = Promise.withResolvers<void>();
  using upstream = openUpstream(() => [...chunked([chunk({ content: "one " }), chunk({ content: "two " })]), "hang"]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const seen = [];
  let id = "";
  for await (const event of await responses.create({ model: "m", input: "Hi", background: true, stream: true })) {
    if (event.type === "response.created") ({ id } = event.response);
    seen.push(event);
    if (event.type === "response.output_text.delta" && event.delta === "one ") break;
  }
  lose();
  await isLost;
  expect(await responses.retrieve(id)).toMatchObject({ status: "in_progress" });
  const last = seen.at(-1)?.sequence_number ?? 0;
  for await (const event of await responses.retrieve(id, { stream: true, starting_after: last })) {
    expect(event).toMatchObject({ sequence_number: last + 1, delta: "two " });
    break;
  }
  const cancelled = await responses.cancel(id);
  expect(cancelled).toMatchObject({ status: "cancelled", output: [{ content: [{ text: "one two " }] }] });
  await upstream.requests[0]?.closed;
  // Again, it is as it was; and whoever still reads hears of it.
  const { _request_id: first, ...kept } = cancelled as Response & { _request_id?: string };
  expect(first).toBeString();
  expect(await responses.cancel(id)).toMatchObject(kept);
  const events = await Array.fromAsync(await responses.retrieve(id, { stream: true }));
  expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: { status: "cancelled" } });
});

test("a response in the background that fails before its first word says so where it is read", async () => {
  using upstream = openUpstream(() => answer(429, { error: { message: "slow down" } }));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const client = createOpenai(app);
  const { id } = await client.responses.create({ model: "One/m", input: "Hi", background: true });
  expect(await whenOver(client, id)).toMatchObject({ status: "failed", error: { code: "rate_limit_exceeded" } });
  const streamed = client.responses.stream({ model: "One/m", input: "Hi", background: true });
  expect(await streamed.finalResponse()).toMatchObject({ status: "failed", error: { code: "rate_limit_exceeded" } });
});

test("what came of a response in the background is kept for longer than its events", async () => {
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const client = createOpenai(app);
  const { id } = await client.responses.create({ model: "m", input: "Hi", background: true });
  await whenOver(client, id);
  await app.services.store.journal.remove(id.replace("resp_", "run_"));
  expect(await failureOf(client.responses.retrieve(id, { stream: true }))).toMatchObject({ status: 410 });
  expect(await client.responses.retrieve(id)).toMatchObject({ status: "completed", output_text: "Yes." });
});

test("only what is in the background can be cancelled, or streamed again", async () => {
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const { id } = await responses.create({ model: "m", input: "Hi" });
  expect(await failureOf(responses.cancel(id))).toMatchObject({ status: 400 });
  expect(await failureOf(responses.retrieve(id, { stream: true }))).toMatchObject({ status: 400 });
});

test("a response that is deleted while it is answered in the background is stopped", async () => {
  using upstream = openUpstream(() => [...chunked([chunk({ content: "Half" })]), "hang"]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const { id } = await responses.create({ model: "m", input: "Hi", background: true });
  await responses.delete(id);
  await upstream.requests[0]?.closed;
  expect(await failureOf(responses.retrieve(id))).toMatchObject({ status: 404 });
});

test("the same Idempotency-Key stands for the same response", async () => {
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const ask = () => responses.create({ model: "m", input: "Hi" }, { headers: { "idempotency-key": "k1" } });
  const { _request_id: id, ...first } = await ask();
  expect(id).toBeString();
  expect(await ask()).toMatchObject(first);
  expect(upstream.requests).toHaveLength(1);
});

test("responses expire after 30 days", async () => {
  let now = Date.now();
  using upstream = openUpstream(() => openaiText("Yes."));
  await using app = await openApp({
    yaml: providerYaml({ name: "One", origin: upstream.origin }),
    clock: () => now,
  });
  const { responses } = createOpenai(app);
  const { id } = await responses.create({ model: "m", input: "Hi" });
  now += 29 * 86_400_000;
  await app.services.expiry.sweep();
  expect(await responses.retrieve(id)).toMatchObject({ id });
  now += 2 * 86_400_000;
  await app.services.expiry.sweep();
  expect(await failureOf(responses.retrieve(id))).toMatchObject({ status: 404 });
});

test("responses are there after a restart; one that a kill has cut short says that it was", async () => {
  using upstream = openUpstream((_, count) =>
    count === 1 ? openaiText("Yes.") : [...chunked([chunk({ content: "Half" })]), "hang"],
  );
  const cwd = mkdtempSync(join(tmpdir(), "parley-responses-"));
  const yaml = join(cwd, "parley.yaml");
  await Bun.write(yaml, providerYaml({ name: "One", origin: upstream.origin }));
  try {
    let server = await startServer(fromSource, { cwd, args: ["--config", yaml] });
    const { responses } = createOpenai(server);
    const whole = await responses.create({ model: "m", input: "Hi" });
    let background = "";
    for await (const event of await responses.create({ model: "m", input: "Hi", background: true, stream: true })) {
      if (event.type === "response.created") background = event.response.id;
      if (event.type === "response.output_text.delta") break;
    }
    let connected = "";
    for await (const event of await responses.create({ model: "m", input: "Hi", stream: true })) {
      if (event.type === "response.created") connected = event.response.id;
      if (event.type !== "response.output_text.delta") continue;
      await server[Symbol.asyncDispose]();
      break;
    }
    await using next = await startServer(fromSource, { cwd, args: ["--config", yaml] });
    const after = createOpenai(next).responses;
    expect(await after.retrieve(whole.id)).toMatchObject({ status: "completed", output_text: "Yes." });
    expect(await after.retrieve(background)).toMatchObject({
      status: "failed",
      error: { code: "server_error", message: expect.stringContaining("stopped") },
      output: [{ status: "incomplete", content: [{ text: "Half" }] }],
    });
    expect(await after.retrieve(connected)).toMatchObject({ status: "failed", error: { code: "server_error" } });
    const events = await Array.fromAsync(await after.retrieve(background, { stream: true }));
    expect(events.at(-1)).toMatchObject({ type: "response.failed" });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
