import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Progress } from "@modelcontextprotocol/sdk/types.js";
import { makeKey } from "../support/keys.ts";
import { connectTo, post, request } from "../support/mcp.ts";
import { chunked, openaiText, type Script } from "../support/scripted-upstream.ts";
import { openRouted } from "../support/routed.ts";
import { openSearching } from "../support/searching.ts";
import { page } from "../support/small-web.ts";

let it: Awaited<ReturnType<typeof openSearching>>;
beforeAll(async () => {
  it = await openSearching();
});
afterAll(() => it[Symbol.asyncDispose]());

/** Begins an answer, and says no more. */
const stalls: Script = () => [
  ...chunked([`data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: { content: "So" } }] })}\n\n`]),
  "hang",
];
const asks = (_meta?: object, id: string | number = 1) =>
  request("tools/call", { name: "ask_model", arguments: { prompt: "Hi", model: "A/m" }, ...(_meta && { _meta }) }, id);
const cancels = (requestId: string | number) => ({
  jsonrpc: "2.0",
  method: "notifications/cancelled",
  params: { requestId, reason: "enough" },
});

/** Resolves when the upstream has been asked so often. */
async function whenAsked(count = 1): Promise<void> {
  while (it.requests().length < count) await Bun.sleep(2);
}

/** Of a stream: the documents, in order. */
const documents = (stream: string) => [...stream.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json));

describe("progress", () => {
  test("is told while a run goes on, and only rises", async () => {
    await using mcp = await connectTo(it.app);
    it.begin(() => openaiText("It ", "is ", "blue."), { pages: { "/sky": page("Sky", "The sky is blue.") } });
    const told: Progress[] = [];
    const args = { prompt: "Which colour has the sky?", web_search: true };
    const result = await mcp.client.callTool({ name: "ask_model", arguments: args }, undefined, {
      onprogress: (each) => void told.push(each),
    });
    expect(result.structuredContent).toMatchObject({ text: expect.stringContaining("It is blue.") });
    expect(told.map(({ progress }) => progress)).toEqual(told.map((_, index) => index + 1));
    const words = told.map(({ message }) => message);
    expect(words).toContain("A is asked: m");
    expect(words.join("\n")).toMatch(/[Ss]earching/);
    expect(words.at(-1)).toMatch(/^\d+ tokens? so far$/);
  });

  test("comes as a stream where that is accepted, and is left out where it is not", async () => {
    it.begin(() => openaiText("Hello"), {});
    const response = await post(it.app, asks({ progressToken: "p1" }));
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const said = documents(await response.text());
    expect(said.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: "Hello" }] } });
    expect(said.length).toBeGreaterThan(1);
    for (const notice of said.slice(0, -1))
      expect(notice).toMatchObject({ method: "notifications/progress", params: { progressToken: "p1" } });
    const plain = await post(it.app, asks({ progressToken: "p1" }), { accept: "application/json" });
    expect(await plain.json()).toMatchObject({ id: 1, result: { content: [{ text: "Hello" }] } });
  });

  test("is told of a search", async () => {
    it.begin(stalls, { pages: { "/a": page("A", "Words.") } });
    const search = { name: "web_search", arguments: { query: "letters" }, _meta: { progressToken: 7 } };
    const said = documents(await (await post(it.app, request("tools/call", search))).text());
    expect(said.slice(0, 2).map(({ params }) => params.message)).toEqual(["searching for letters", "reading 1 pages"]);
  });

  test("what takes long is a stream that is alive", async () => {
    it.begin(stalls, {});
    const controller = new AbortController();
    const response = await it.app.get("/mcp", {
      method: "POST",
      body: JSON.stringify(asks()),
      headers: { accept: "application/json, text/event-stream" },
      signal: controller.signal,
    });
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe(": open\n\n");
    controller.abort();
    await it.requests()[0]?.closed;
  });
});

describe("a call that is cancelled ends at its vendor", () => {
  test("by the official client", async () => {
    await using mcp = await connectTo(it.app);
    it.begin(stalls, {});
    const controller = new AbortController();
    const calling = mcp.client
      .callTool({ name: "ask_model", arguments: { prompt: "Hi", model: "A/m" } }, undefined, {
        signal: controller.signal,
      })
      .catch((thrown: unknown) => String(thrown));
    await whenAsked();
    controller.abort("enough");
    expect(await calling).toContain("enough");
    await it.requests()[0]?.closed;
    expect((await mcp.client.listTools()).tools.length).toBeGreaterThan(0);
  });

  test("by a message of its own, and is not answered", async () => {
    it.begin(stalls, {});
    const calling = post(it.app, asks(undefined, "a"));
    await whenAsked();
    expect((await post(it.app, cancels("a"))).status).toBe(202);
    const response = await calling;
    expect([response.status, await response.text()]).toEqual([202, ""]);
    await it.requests()[0]?.closed;
  });

  test("while it streams: the stream ends without an answer", async () => {
    it.begin(stalls, {});
    const response = await post(it.app, asks({ progressToken: 1 }, 5));
    await whenAsked();
    await post(it.app, cancels(5));
    expect(documents(await response.text()).every(({ method }) => method === "notifications/progress")).toBe(true);
    await it.requests()[0]?.closed;
  });

  test("by closing its connection, streaming or not", async () => {
    for (const meta of [undefined, { progressToken: 1 }]) {
      it.begin(stalls, {});
      const controller = new AbortController();
      const init = { method: "POST", body: JSON.stringify(asks(meta)), signal: controller.signal };
      const headers = { accept: "application/json, text/event-stream" };
      const calling = it.app.get("/mcp", { ...init, headers }).then((response) => response.text());
      calling.catch(() => {});
      await whenAsked();
      controller.abort();
      await it.requests()[0]?.closed;
    }
  });

  test("but not by another client, nor where it is not known which is meant", async () => {
    it.begin(stalls, {});
    const sessions = [{ "mcp-session-id": "one" }, { "mcp-session-id": "two" }];
    const controller = new AbortController();
    const ask = (headers: Record<string, string>) =>
      it.app.get("/mcp", { method: "POST", body: JSON.stringify(asks()), headers, signal: controller.signal });
    const [first, second] = [ask(sessions[0] ?? {}), ask(sessions[1] ?? {})];
    const twins = [ask({}), ask({})];
    for (const each of [first, second, ...twins]) each.catch(() => {});
    await whenAsked(4);
    // Of two without a session that have one id, neither; and of nobody "1", which is another id than 1.
    await post(it.app, cancels(1));
    await post(it.app, cancels("1"), sessions[0]);
    await post(it.app, cancels(1), sessions[0]);
    expect((await first).status).toBe(202);
    const running = async () => {
      const list = await (await it.app.get("/backend-api/v2/runs")).json();
      return [...JSON.stringify(list).matchAll(/"running"/g)].length;
    };
    while ((await running()) > 3) await Bun.sleep(2);
    expect(await running()).toBe(3);
    controller.abort();
    await Promise.all(it.requests().map(({ closed }) => closed));
  });

  test("nor by another owner", async () => {
    await using closed = await openRouted([stalls]);
    const [ada, ben] = [await makeKey(closed.app, "ada"), await makeKey(closed.app, "ben")];
    const calling = post(closed.app, asks(), ada.headers);
    while (closed.counts()[0] === 0) await Bun.sleep(2);
    await post(closed.app, cancels(1), ben.headers);
    const list = await (await closed.app.get("/backend-api/v2/runs", { headers: ada.headers })).json();
    expect(JSON.stringify(list)).toContain("running");
    await post(closed.app, cancels(1), ada.headers);
    expect((await calling).status).toBe(202);
    await closed.upstreams[0]?.requests[0]?.closed;
  });

  test("and a search, whose engine is left", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    it.begin(stalls, { finds: "hangs", onLeft: resolve });
    const calling = post(it.app, request("tools/call", { name: "web_search", arguments: { query: "slow" } }, "s"));
    while (it.web.queries.length === 0) await Bun.sleep(2);
    await post(it.app, cancels("s"));
    expect((await calling).status).toBe(202);
    await left;
  });
});
