import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ChatResponse, Ollama } from "ollama";
import { openApp, providerYaml } from "../../support/app.ts";
import { openaiTurn } from "../../support/calling-upstream.ts";
import { openaiText } from "../../support/scripted-upstream.ts";
import { openToldUpstream } from "../../support/told-upstream.ts";
import { type AskedServer, deltas, ending, generate, openAskedServer, ways } from "./asking.ts";

let server: AskedServer;
beforeAll(async () => void (server = await openAskedServer()));
afterAll(() => server[Symbol.asyncDispose]());

const messages = [{ role: "user", content: "Hello" }];
/** What differs from one answer to the next, in its place. */
const plain = (text: string) =>
  text
    .replace(/"created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z"/g, '"created_at":"then"')
    .replace(/_duration":\d+/g, '_duration":0');
const durations = '"total_duration":0,"load_duration":0,"prompt_eval_duration":0,"eval_duration":0';

test("a chat is lines of JSON, byte for byte", async () => {
  const call = { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"☀"}' } };
  server.play(() =>
    deltas(
      [{ reasoning_content: "Hm." }, { content: "Hel" }, { content: "lo\n" }, { tool_calls: [call] }],
      ...ending("tool_calls"),
    ),
  );
  const response = await server.post("/api/chat", { model: "m", messages });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  expect(response.headers.get("x-run-id")).toStartWith("run_");
  expect(response.headers.get("x-provider")).toBe("A");
  const head = '{"model":"m","created_at":"then","message":{"role":"assistant",';
  expect(plain(await response.text())).toBe(
    [
      `${head}"content":"","thinking":"Hm."},"done":false}`,
      `${head}"content":"Hel"},"done":false}`,
      `${head}"content":"lo\\n"},"done":false}`,
      `${head}"content":"","tool_calls":[{"id":"call_1","function":{"index":0,"name":"look","arguments":{"at":"☀"}}}]},"done":false}`,
      `${head}"content":""},"done":true,"done_reason":"stop",${durations},"prompt_eval_count":6,"eval_count":6}`,
      "",
    ].join("\n"),
  );
});

test("a prompt's answer is lines of JSON, too, and one object where it is wanted whole", async () => {
  server.play(() => openaiText("Hel", "lo"));
  const lines = await server.post("/api/generate", { model: "m", prompt: "Hello" });
  const end = `"done":true,"done_reason":"stop",${durations},"prompt_eval_count":6,"eval_count":2}`;
  expect(plain(await lines.text())).toBe(
    `{"model":"m","created_at":"then","response":"Hel","done":false}\n` +
      `{"model":"m","created_at":"then","response":"lo","done":false}\n` +
      `{"model":"m","created_at":"then","response":"",${end}\n`,
  );
  const whole = await server.post("/api/generate", { model: "m", prompt: "Hello", stream: false });
  expect(whole.headers.get("content-type")).toStartWith("application/json");
  expect(plain(await whole.text())).toBe(`{"model":"m","created_at":"then","response":"Hello",${end}`);
});

test("an answer that breaks off ends with a line that says why", async () => {
  server.play(() => deltas([{ content: "Hel" }], { waitMs: 150 }, "close"));
  const text = await (await server.post("/api/chat", { model: "A/m", messages })).text();
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    expect.objectContaining({ message: { role: "assistant", content: "Hel" }, done: false }),
    { error: expect.stringContaining("A") },
  ]);
});

test("durations are whole numbers of nanoseconds, and their parts are the whole", async () => {
  server.play(() => openaiText("Hel", "lo"));
  for (const way of ways) {
    const { last } = await generate(server.client, way, { model: "m", prompt: "Hello" });
    const { total_duration, load_duration, prompt_eval_duration, eval_duration, created_at } = last;
    const parts = [load_duration, prompt_eval_duration, eval_duration];
    for (const part of [total_duration, ...parts]) expect(Number.isInteger(part)).toBe(true);
    for (const part of parts) expect(part).toBeGreaterThan(0);
    expect(Math.abs(parts.reduce((sum, part) => sum + part) - total_duration)).toBeLessThanOrEqual(3);
    expect(Math.abs(Date.parse(String(created_at)) - Date.now())).toBeLessThan(60_000);
  }
});

test("how long the words took is counted from the first one", async () => {
  using vendor = openToldUpstream();
  await using app = await openApp({ yaml: providerYaml({ name: "A", origin: vendor.origin }) });
  const asking = new Ollama({ host: app.origin }).chat({ model: "m", messages, stream: true });
  await vendor.untilAsked("Hello");
  vendor.say("Hel");
  const said: ChatResponse[] = [];
  for await (const line of await asking) {
    said.push(line);
    if (said.length > 1) continue;
    await Bun.sleep(60);
    vendor.finish();
  }
  expect(said.at(-1)?.eval_duration).toBeGreaterThan(50e6);
});

test("the lines of one answer to another are cut nowhere: each is whole in itself", async () => {
  const words = Array.from({ length: 500 }, (_, index) => ({ content: `${index} "\u2028\\ ` }));
  server.play(() => deltas(words, ...ending("stop")));
  const text = await (await server.post("/api/chat", { model: "m", messages })).text();
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(501);
  expect(lines.map(({ message }) => message.content).join("")).toBe(words.map(({ content }) => content).join(""));
});

test("a picture that a model makes is a link that can be asked for", async () => {
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
  server.play(() => openaiText(`![a dot](data:image/png;base64,${png})`));
  const { message } = await server.client.chat({ model: "m", messages });
  const address = /^!\[a dot\]\((http:[^)]+)\)$/.exec(message.content)?.[1] ?? "";
  expect(address).toStartWith(`${server.app.origin}/media/`);
  const picture = await fetch(address);
  expect(Buffer.from(await picture.arrayBuffer()).toString("base64")).toBe(png);
});

test("the same question with an Idempotency-Key is answered by the same run", async () => {
  server.play((_, count) => openaiTurn({ text: `answer ${count}` }, count));
  const init = { headers: { "idempotency-key": "olla-1" } };
  const ask = async () => plain(await (await server.post("/api/chat", { model: "m", messages }, init)).text());
  const first = await ask();
  expect(first).toContain("answer 1");
  expect(await ask()).toBe(first);
});
