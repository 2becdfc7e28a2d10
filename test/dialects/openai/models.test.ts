import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { OpenAI } from "openai";
import { openApp, type TestApp } from "../../support/app.ts";
import { createOpenai, openClientOf, refusalOf } from "../../support/openai-client.ts";

describe("models, by OpenAI's own client", () => {
  let app: TestApp;
  let ada: OpenAI;
  beforeAll(async () => {
    const models = ["gpt-4o-2024-08-06", "maker/one", "claude-x-20250929", "odd-20259999"];
    const work = { name: "Work", type: "openai", base_url: "http://127.0.0.1:9", api_key: "test-key-0123", models };
    const routes = [{ name: "fast", providers: [{ provider: "Work", model: "maker/one" }] }];
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [work], routes }) });
    ada = await openClientOf(app, "ada");
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("are listed, with routes, and the router's choice among them", async () => {
    const listed: OpenAI.Model[] = [];
    for await (const model of ada.models.list()) listed.push(model);
    const day = (date: string) => Date.parse(date) / 1000;
    const made = [
      ["auto", 0, "AnyProvider"],
      ["claude-x-20250929", day("2025-09-29"), "Work"],
      ["fast", 0, "AnyProvider"],
      ["gpt-4o-2024-08-06", day("2024-08-06"), "Work"],
      ["help", 0, "Builtin"],
      ["maker/one", 0, "Work"],
      ["odd-20259999", 0, "Work"],
    ] as const;
    expect(listed).toEqual(made.map(([id, created, owned_by]) => ({ id, object: "model", created, owned_by })));
  });

  test.each(["auto", "fast", "maker/one", "Work/maker/one", "work/odd-20259999"])("are found: %s", async (name) => {
    expect((await ada.models.retrieve(name)).id).toBe(name);
  });

  test.each(["none", "Work/none", "Nobody/maker/one", "%", "100%25", "a b/ü"])(
    "are a 404 where there are none: %s",
    async (name) => {
      expect(await refusalOf(() => ada.models.retrieve(name))).toEqual([404, "model_not_found"]);
    },
  );

  test("are no address for what is no UTF-8", async () => {
    const headers = { authorization: `Bearer ${ada.apiKey}` };
    for (const path of ["/v1/models/%zz", "/v1/models/%ff"]) {
      const response = await app.get(path, { headers });
      expect([response.status, Object.keys(await response.json())]).toEqual([400, ["error"]]);
    }
  });

  test("need a key", async () => {
    expect(await refusalOf(() => createOpenai(app).models.list())).toEqual([401, "invalid_api_key"]);
  });
});
