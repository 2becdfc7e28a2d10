import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { openApp, type TestApp } from "../../support/app.ts";
import { makeKey } from "../../support/keys.ts";
import { createOpenai, openClientOf, refusalOf, thrownBy } from "../../support/openai-client.ts";
import {
  answer,
  openUpstream,
  type RecordedRequest,
  type ScriptedUpstream,
  type Step,
} from "../../support/scripted-upstream.ts";
import { readTaskRows } from "../../support/sound.ts";
import { until } from "../../support/until.ts";

const model = "text-embedding-3-small";
const vectorOf = (text: string) => [text.length, -0.125, 1.5];

function play({ path, body }: RecordedRequest): Step[] {
  if (path.endsWith("/models")) return answer(200, { data: [{ id: "gpt-4o" }, { id: model }] });
  const { input } = JSON.parse(body) as { input: string[] };
  switch (input[0]) {
    case "refused":
      return answer(400, { error: { message: "not these" } });
    case "denied":
      return answer(401, { error: { message: "no" } });
    case "limited":
      return answer(429, { error: { message: "slow down" } });
    case "broken":
      return answer(500, "<html>");
    case "short":
      return answer(200, { data: [] });
    case "reset":
      return ["HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{", "reset"];
    case "hang":
      return ["hang"];
    default:
      return answer(200, {
        data: input.map((text, index) => ({ index, embedding: vectorOf(text) })).toReversed(),
        ...(input[0] !== "uncounted" && { usage: { prompt_tokens: 7, total_tokens: 7 } }),
      });
  }
}

describe("vectors of texts, by OpenAI's own client", () => {
  let upstream: ScriptedUpstream;
  let app: TestApp;
  let ada: OpenAI;
  beforeAll(async () => {
    upstream = openUpstream(play);
    const settings = { type: "openai", base_url: upstream.origin, api_key: "test-key-0123" };
    const other = { ...settings, name: "Other", base_url: `${upstream.origin}/other`, models: ["gpt-4o"] };
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [{ name: "Work", ...settings }, other] }) });
    ada = await openClientOf(app, "ada");
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });
  const lastAsked = () => upstream.requests.findLast(({ method }) => method === "POST");

  const formats = [undefined, "float", "base64"] as const;
  const inputs = ["one", ["one"], ["one", "and two", "one"]];
  const matrix = formats.flatMap((format) => inputs.map((input) => [format, input] as const));
  test.each(matrix)("come in the format %p of %j", async (encoding_format, input) => {
    const made = await ada.embeddings.create({ model, input, ...(encoding_format && { encoding_format }) });
    const vectors = [input].flat().map(vectorOf);
    const told = vectors.map((vector) =>
      encoding_format === "base64" ? Buffer.from(Float32Array.from(vector).buffer).toString("base64") : vector,
    );
    expect(made.object).toBe("list");
    expect(made.data.map(({ embedding }) => (typeof embedding === "string" ? embedding : [...embedding]))).toEqual(
      told as number[][],
    );
    expect(made.data.map(({ index, object }) => `${object} ${index}`)).toEqual(
      vectors.map((_, index) => `embedding ${index}`),
    );
    expect([made.model, made.usage]).toEqual([model, { prompt_tokens: 7, total_tokens: 7 }]);
  });

  test("may be told how long to be", async () => {
    await ada.embeddings.create({ model, input: "one", dimensions: 3 });
    expect(JSON.parse(lastAsked()?.body ?? "")).toEqual({ model, input: ["one"], dimensions: 3 });
  });

  test.each([
    ["in the model's name", { model: "Other/their-model" }, {}],
    ["in the body", { model: "their-model", provider: "Other" }, {}],
    ["in a header", { model: "their-model" }, { headers: { "x-provider": "Other" } }],
  ])("are made by the provider that is named %s", async (_, body, options) => {
    const asked = ada.embeddings.create({ input: "one", ...body }, options);
    const { response, data } = await asked.withResponse();
    expect([response.headers.get("x-provider"), data.model]).toEqual(["Other", "their-model"]);
    expect(lastAsked()?.path).toBe("/other/embeddings");
  });

  test("are made by one provider where no model is named, and count what no vendor counts", async () => {
    const { model: asked, usage } = await ada.embeddings.create({ model: "auto", input: "uncounted" });
    expect([asked, usage]).toEqual([model, { prompt_tokens: 3, total_tokens: 3 }]);
  });

  test("leave rows of usage, and are refused where the day's budget is spent", async () => {
    const { key } = await makeKey(app, "poor", { tokens_per_day: 5 });
    const poor = createOpenai(app, key);
    const { response } = await poor.embeddings.create({ model, input: "one" }).withResponse();
    expect(response.headers.get("x-ratelimit-limit-tokens")).toBe("5");
    // There are others' rows already.
    const readRows = async () => (await readTaskRows(app, 1)).filter(({ owner }) => owner === "poor");
    await until(async () => (await readRows()).length > 0);
    const rows = await readRows();
    expect(rows).toMatchObject([{ provider: "Work", model, prompt_tokens: 7, completion_tokens: 0, outcome: "stop" }]);
    expect(await refusalOf(() => poor.embeddings.create({ model, input: "one" }))).toEqual([429, "insufficient_quota"]);
  });

  test.each([
    ["refused", [400, "upstream_rejected"]],
    ["denied", [401, "missing_auth"]],
    ["limited", [429, "rate_limit_exceeded"]],
    ["broken", [502, "upstream_failed"]],
    ["short", [502, "upstream_failed"]],
    ["reset", [502, "upstream_failed"]],
  ] as const)("that fail (%s) do so with a status", async (input, refusal) => {
    // Each failure would have the provider left alone for a while.
    await using other = await openApp({
      yaml: Bun.YAML.stringify({
        providers: [{ name: "Work", type: "openai", base_url: upstream.origin, api_key: "test-key-0123" }],
      }),
    });
    expect(await refusalOf(() => createOpenai(other).embeddings.create({ model, input }))).toEqual([...refusal]);
  });

  test("that nobody waits for any more are not asked for any longer", async () => {
    const leaving = new AbortController();
    const asked = ada.embeddings.create({ model, input: "hang" }, { signal: leaving.signal }).catch(String);
    while (!lastAsked()?.body.includes("hang")) await Bun.sleep(5);
    leaving.abort();
    await asked;
    await lastAsked()?.closed;
  });

  const wrong: readonly (readonly [object | string, RegExp])[] = [
    [{ model }, /input is missing/],
    [{ input: "one" }, /model is missing/],
    [{ model: "", input: "one" }, /model: expected/],
    [{ model, input: "" }, /input: expected a text/],
    [{ model, input: [] }, /input: expected a text/],
    [{ model, input: [1, 2, 3] }, /tokens are not read: send the texts/],
    [{ model, input: [[1, 2], [3]] }, /tokens are not read: send the texts/],
    [{ model, input: ["one", null] }, /expected/],
    [{ model, input: Array.from({ length: 2049 }, () => "x") }, /from 1 to 2048 texts/],
    [{ model, input: "one", dimensions: 0 }, /dimensions: expected a number from 1/],
    [{ model, input: "one", encoding_format: "hex" }, /encoding_format: expected float or base64/],
    [{ model, input: "one", provider: {} }, /provider: expected a provider's name/],
    [{ model: "x".repeat(300), input: "one" }, /model: expected/],
    ["{", /JSON/],
    ['{"input":' + "[".repeat(1000) + "]".repeat(1000) + "}", /JSON|nested/],
    ["[]", /must be a JSON object/],
  ];
  test.each(wrong)("are not made of what is wrong: %j", async (body, message) => {
    expect(await thrownBy(() => ada.post("/embeddings", { body }))).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      message: expect.stringMatching(message),
    });
  });

  test("are not made by a model that nobody has", async () => {
    expect(await refusalOf(() => ada.embeddings.create({ model: "nobody-has-it", input: "one" }))).toEqual([
      404,
      "model_not_found",
    ]);
  });
});
