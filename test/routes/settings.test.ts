import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Budget } from "../../src/protocol/budget.ts";
import type { ServerSettings } from "../../src/protocol/settings.ts";
import { settingNames } from "../../src/config/settings.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { makeKey } from "../support/keys.ts";

const canary = "canary-0123456789-0123456789-0123456789";
const yaml = `# the first line
titles: words
secret_key: ${canary}
providers:
  - name: Own
    type: openai
    base_url: http://127.0.0.1:9/v1
    api_key: [${canary}-1, ${canary}-2]
    headers: { x-secret: ${canary}-3 }
prices:
  - { model: m, input: 1, output: 2 }
`;

let app: TestApp;
beforeAll(async () => {
  const environment = { PARLEY_LOG_LEVEL: "warn", BRAVE_API_KEY: `${canary}-4`, OPENAI_API_KEY: `${canary}-5` };
  app = await openApp({ yaml, environment, flags: { access_key: `${canary}-6`, budget_tokens: "1000" } });
});
afterAll(() => app[Symbol.asyncDispose]());

const admin = { authorization: `Bearer ${canary}-6` };

async function readSettings() {
  const answer = await app.get("/backend-api/v2/settings", { headers: admin });
  const text = await answer.text();
  const told: ServerSettings = JSON.parse(text);
  const find = (name: string) => told.settings.find((each) => each.name === name);
  return { answer, text, told, find };
}

test("every setting is told with its value, and with the line, the variable or the flag that it comes from", async () => {
  const { told, find } = await readSettings();
  expect(told.settings.map(({ name }) => name)).toEqual(settingNames.filter((name) => name !== "providers"));
  expect(find("titles")).toMatchObject({ value: "words", source: "flag", origin: "--titles", flag: "--titles" });
  expect(find("prices")).toMatchObject({ source: "file", origin: told.file, line: 10, variables: [], flag: null });
  expect(find("log_level")).toMatchObject({ value: "warn", source: "environment", origin: "PARLEY_LOG_LEVEL" });
  expect(find("brave_api_key")).toMatchObject({
    value: null,
    is_set: true,
    source: "environment",
    origin: "BRAVE_API_KEY",
    variables: ["PARLEY_BRAVE_API_KEY", "BRAVE_API_KEY"],
  });
  expect(find("max_runs")).toMatchObject({ value: 2000, default: 2000, source: "default", line: null, is_set: null });
  expect(told.providers).toEqual([
    { name: "Own", type: "OpenAI", base_url: "http://127.0.0.1:9/v1", keys: 2, origin: "parley.yaml" },
    { name: "OpenAI", type: "OpenAI", base_url: null, keys: 1, origin: "OPENAI_API_KEY" },
  ]);
  expect(told.advice.join(" ")).toContain("Set a key in the environment");
});

test("no secret is told, whatever holds it", async () => {
  const { text, answer, find } = await readSettings();
  expect(answer.status).toBe(200);
  expect(text).not.toContain("canary");
  expect(find("secret_key")).toMatchObject({ value: null, default: null, is_set: true, source: "file", line: 3 });
  expect(find("tavily_api_key")).toMatchObject({ value: null, is_set: false, source: "default" });
});

test("settings are for admins", async () => {
  const { headers } = await makeKey(app, "ann");
  const refused = await app.get("/backend-api/v2/settings", { headers });
  expect([refused.status, (await refused.json()).error.code]).toEqual([403, "admin_only"]);
  expect((await app.get("/backend-api/v2/settings")).status).toBe(401);
});

test("a key learns what is left of its day, and one without a limit that there is none", async () => {
  const limited = await makeKey(app, "ben", { tokens_per_day: 50, cost_per_day: 2 });
  const read = async (headers: HeadersInit): Promise<Budget> =>
    (await app.get("/backend-api/v2/budget", { headers })).json();
  expect(await read(limited.headers)).toEqual({
    tokens: { limit: 50, used: 0, left: 50 },
    cost: { limit: 2, used: 0, left: 2 },
    resets_at: expect.stringMatching(/T00:00:00\.000Z$/),
  });
  const usual = await makeKey(app, "cid");
  expect(await read(usual.headers)).toMatchObject({ tokens: { limit: 1000, used: 0, left: 1000 } });
  await using open = await openApp();
  expect(Object.keys(await (await open.get("/backend-api/v2/budget")).json())).toEqual(["resets_at"]);
});
