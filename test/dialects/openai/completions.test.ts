import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import type { Completion, CompletionCreateParams } from "openai/resources/completions";
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

/** Answers with the last message, backwards. */
const turning: Script = ({ body }) => {
  const said = [...String(JSON.parse(body).messages.at(-1).content)].toReversed();
  return openaiChunks([
    ...said.map((content) => ({
      delta: { content },
      logprobs: {
        content: [
          { token: content, logprob: -1, bytes: null, top_logprobs: [{ token: "?", logprob: -2, bytes: null }] },
        ],
      },
    })),
    { finish: "stop" },
  ]);
};

interface Row {
  readonly name: string;
  readonly asked: Partial<CompletionCreateParams>;
  readonly texts: readonly string[];
  readonly sent?: object;
  readonly choice?: object;
}

const rows: Row[] = [
  {
    name: "a prompt",
    asked: { prompt: "abc", max_tokens: 9, stop: "x", user: "u" },
    texts: ["cba"],
    sent: { messages: [{ role: "user", content: "abc" }], max_tokens: 9, stop: "x" },
    choice: { logprobs: null },
  },
  { name: "several prompts, each of which is a run", asked: { prompt: ["ab", "cd"] }, texts: ["ba", "dc"] },
  { name: "several answers to each prompt", asked: { prompt: ["ab", "cd"], n: 2 }, texts: ["ba", "ba", "dc", "dc"] },
  { name: "an echo", asked: { prompt: "ab", echo: true }, texts: ["abba"] },
  {
    name: "how likely tokens were, in lists",
    asked: { prompt: "ab", echo: true, logprobs: 1 },
    texts: ["abba"],
    sent: { logprobs: true, top_logprobs: 1 },
    choice: {
      logprobs: {
        tokens: ["b", "a"],
        token_logprobs: [-1, -1],
        top_logprobs: [{ "?": -2 }, { "?": -2 }],
        text_offset: [2, 3],
      },
    },
  },
];

describe.each(rows)("$name", ({ asked, texts, sent = {}, choice = {} }) => {
  test.each(["whole", "stream"])("%s", async (form) => {
    stage.play(turning);
    const body = { model: "m", prompt: "", ...asked };
    const told = form === "whole" ? await client.completions.create({ ...body, stream: false }) : await collect(body);
    expect(told.choices.map(({ text }) => text)).toEqual([...texts]);
    expect(told).toMatchObject({
      object: "text_completion",
      model: "m-2026",
      usage: { total_tokens: 12 * texts.length },
    });
    for (const each of told.choices) expect(each).toMatchObject({ finish_reason: "stop", ...choice });
    expect(stage.requests()).toHaveLength(texts.length);
    expect(stage.sent()).toMatchObject(sent);
  });
});

async function collect(body: Omit<CompletionCreateParams, "stream">): Promise<Completion> {
  const choices: Completion["choices"] = [];
  let last: Completion | undefined;
  for await (const chunk of await client.completions.create({
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  })) {
    last = chunk;
    for (const { index, text, logprobs, finish_reason } of chunk.choices) {
      const choice = (choices[index] ??= { index, text: "", logprobs: null, finish_reason: "length" });
      choice.text += text;
      if (logprobs) choice.logprobs = join(choice.logprobs, logprobs);
      if (finish_reason) choice.finish_reason = finish_reason;
    }
  }
  return { ...last, choices } as Completion;
}

type Logprobs = Completion["choices"][0]["logprobs"];
function join(before: Logprobs, more: NonNullable<Logprobs>): Logprobs {
  return {
    tokens: [...(before?.tokens ?? []), ...(more.tokens ?? [])],
    token_logprobs: [...(before?.token_logprobs ?? []), ...(more.token_logprobs ?? [])],
    top_logprobs: [...(before?.top_logprobs ?? []), ...(more.top_logprobs ?? [])],
    text_offset: [...(before?.text_offset ?? []), ...(more.text_offset ?? [])],
  };
}

const refused: [string, object, string][] = [
  ["tokens in place of text", { prompt: [1, 2, 3] }, "prompt[0]: expected a string; tokens are not taken"],
  ["no prompt", { prompt: undefined }, "prompt is missing"],
  ["what is to follow", { suffix: "end" }, "suffix"],
  [
    "too many prompts",
    { prompt: Array.from({ length: 65 }, () => "a") },
    "prompt: expected prompts for at most 64 answers",
  ],
];

test.each(refused)("%s is refused", async (_, asked, says) => {
  stage.play(turning);
  const body = JSON.stringify({ model: "m", prompt: "a", ...asked });
  const response = await stage.app.get("/v1/completions", { method: "POST", body });
  expect(response.status).toBe(400);
  expect((await response.json()).error.message).toContain(says);
  expect(stage.requests()).toHaveLength(0);
});

test("a failure has a status before the first word, and is thrown after it", async () => {
  stage.play(answer(500, { error: { message: "oops" } }));
  const early = await failureOf(client.completions.create({ model: "m", prompt: "a", stream: true }));
  expect(early).toMatchObject({ status: 502 });
  stage.play([...openaiBeginning([{ delta: { content: "Hel" } }]), "close"]);
  const reading = (async () => {
    for await (const _ of await client.completions.create({ model: "m", prompt: "a", stream: true }));
  })();
  expect(await failureOf(reading)).toBeInstanceOf(OpenAI.APIError);
});
