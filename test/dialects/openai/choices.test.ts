import { afterAll, beforeAll, expect, test } from "bun:test";
import OpenAI from "openai";
import { openaiBeginning, openaiChunks, openStage, type Stage } from "../../support/dialect.ts";
import { answer, type Script } from "../../support/scripted-upstream.ts";
import { failureOf } from "../../support/failure.ts";
import { createOpenai } from "../../support/openai-client.ts";

let stage: Stage;
let client: OpenAI;
beforeAll(async () => {
  stage = await openStage();
  client = createOpenai(stage.app);
});
afterAll(() => stage[Symbol.asyncDispose]());

const asked = { model: "m", messages: [{ role: "user" as const, content: "Hello" }], n: 3 };
/** Each answer has a number of its own. */
const counting: Script = (_, count) =>
  openaiChunks([{ delta: { content: `answer ` } }, { delta: { content: String(count) } }, { finish: "stop" }]);
const usage = { prompt_tokens: 21, completion_tokens: 15, total_tokens: 36 };

test("several choices are runs of their own, whole, and what they used is added up", async () => {
  stage.play(counting);
  const whole = await client.chat.completions.create(asked);
  expect(whole.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(whole.choices.map(({ message }) => message.content).toSorted()).toEqual(["answer 1", "answer 2", "answer 3"]);
  expect(whole.usage).toMatchObject(usage);
  expect(stage.sent()).not.toHaveProperty("n");
});

test("several choices come as one stream, each under its index, and it ends once", async () => {
  stage.play(counting);
  const stream = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
  const answer = await stream.finalChatCompletion();
  expect(answer.choices.map(({ message }) => message.content).toSorted()).toEqual(["answer 1", "answer 2", "answer 3"]);
  expect(answer.choices.map(({ finish_reason: reason }) => reason)).toEqual(["stop", "stop", "stop"]);
  expect(answer.usage).toMatchObject(usage);
  const raw = await stage.app.get("/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ ...asked, stream: true }),
  });
  expect((await raw.text()).match(/\[DONE\]/g)).toHaveLength(1);
});

const beginning = openaiBeginning([{ delta: { content: "Hel" } }]);

test.each([true, false])(
  "one that fails before its first word fails them all, and the others are stopped: stream %p",
  async (stream) => {
    // Who is not asked yet would not be asked any more.
    const all = Promise.withResolvers<void>();
    stage.play((_, count) => {
      if (count === 3) all.resolve();
      return count === 2 ? [{ until: all.promise }, ...answer(500, { error: { message: "oops" } })] : beginning;
    });
    const failure = await failureOf(client.chat.completions.create({ ...asked, stream }));
    expect(failure).toMatchObject({ status: 502 });
    const [first, , third] = stage.requests();
    await Promise.all([first?.closed, third?.closed]);
    expect(stage.requests()).toHaveLength(3);
  },
);

test("one that fails later ends the stream, and the others are stopped", async () => {
  const all = Promise.withResolvers<void>();
  stage.play((_, count) => (count === 2 ? [...beginning, { until: all.promise }, "reset"] : beginning));
  const heard = new Set<number>();
  const reading = (async () => {
    for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true })) {
      if (choices[0]?.delta.content) heard.add(choices[0].index);
      if (heard.size === 3) all.resolve();
    }
  })();
  expect(await failureOf(reading)).toBeInstanceOf(OpenAI.APIError);
  expect([...heard].toSorted()).toEqual([0, 1, 2]);
  await Promise.all(stage.requests().map(({ closed }) => closed));
});

test("a client that leaves ends them all", async () => {
  stage.play(beginning);
  const stream = await client.chat.completions.create({ ...asked, stream: true });
  for await (const _ of stream) stream.controller.abort();
  await Promise.all(stage.requests().map(({ closed }) => closed));
  expect(stage.requests()).toHaveLength(3);
});
