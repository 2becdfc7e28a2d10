import { afterAll, beforeAll, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { createOpenai, thrownBy } from "../support/openai-client.ts";

let app: TestApp;
beforeAll(async () => void (app = await openApp()));
afterAll(() => app[Symbol.asyncDispose]());

const nothing = "there is nothing at this address";

test.each([
  ["/v1/v1/chat/completions", "/v1/chat/completions is there: mind how the base address ends"],
  ["/chat/completions", "/v1/chat/completions is there: mind how the base address ends"],
  ["/api/v1/chat/completions", "/v1/chat/completions is there: mind how the base address ends"],
  ["/v1/v1/messages", "/v1/messages is there: mind how the base address ends"],
  ["/v1/api/chat", "/api/chat is there: mind how the base address ends"],
  ["/v1/realtime/sessions", expect.stringContaining("POST /v1/audio/transcriptions hears")],
  ["/v1/messages/batches", "batches are not kept: ask one question at a time"],
  ["/upload/v1/files", "inlineData in a question brings a file"],
  ["/upload/v1beta/files", "inlineData in a question brings a file"],
  ["/v1/rerank", "/docs lists what there is"],
  ["/backend-api/v2/responses", "/docs lists what there is"],
  ["/<b>/x", "/docs lists what there is"],
])("%s is told what is meant by it", async (path, cure) => {
  const told: unknown = await (await fetch(app.origin + path, { method: "POST", body: "{}" })).json();
  const text = JSON.stringify(told);
  expect(text).toContain(nothing);
  expect(/address; ([^"]*)"/.exec(text)?.[1]).toEqual(cure);
});

test("a client whose base address lacks /v1, or that asks for assistants, is told so by what it throws", async () => {
  const lacking = createOpenai({ origin: app.origin }).withOptions({ baseURL: app.origin });
  expect((await thrownBy(() => lacking.models.retrieve("auto"))).message).toContain("/v1/models/auto is there");
  const client = createOpenai(app);
  expect((await thrownBy(() => client.post("/threads"))).message).toContain("POST /v1/responses");
});
