import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { makeKey } from "../support/keys.ts";
import { connectTo, type McpClient, post, request, textOf } from "../support/mcp.ts";
import { pngOf, toPng } from "../support/pictures.ts";
import { answer, openaiText, type Script } from "../support/scripted-upstream.ts";
import { wavOf } from "../support/sound.ts";
import { openRouted } from "../support/routed.ts";
import { openSearching } from "../support/searching.ts";
import { page } from "../support/small-web.ts";

let it: Awaited<ReturnType<typeof openSearching>>;
let mcp: McpClient;
beforeAll(async () => {
  it = await openSearching({ providers: [{ models: ["m", "gpt-image-1", "tts-1"] }] });
  mcp = await connectTo(it.app);
});
afterAll(async () => {
  await mcp[Symbol.asyncDispose]();
  await it[Symbol.asyncDispose]();
});

const small = pngOf(7);
/** Noise, which no format makes small. */
const large = toPng(1400, 1400, (x, y) => [(x * 31 + y * 17) % 256, (x * y) % 256, (x ^ (y * 7)) % 256, 255]);
const draws =
  (...pictures: Buffer[]): Script =>
  () =>
    answer(200, { data: pictures.map((each) => ({ b64_json: each.toString("base64") })) });
const fails: Script = () => answer(500, { error: { message: "all is lost" } });

async function upload(bucketId: string, name: string, text: string, headers: Record<string, string> = {}) {
  const form = new FormData();
  form.append("files", new File([text], name));
  const response = await it.app.get(`/backend-api/v2/files/${bucketId}`, { method: "POST", body: form, headers });
  expect(response.status).toBe(200);
}

describe("the official client", () => {
  test("is shown every tool, with what it takes and whether it changes anything", async () => {
    const { tools } = await mcp.client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.openWorldHint])).toEqual(
      [
        ["web_search", true, true],
        ["read_page", true, true],
        ["generate_image", false, true],
        ["speak", false, true],
        ["ask_model", false, true],
        ["search_files", true, false],
        ["search_memory", true, false],
      ],
    );
    for (const { description = "", inputSchema } of tools) {
      expect(description.length).toBeGreaterThan(30);
      for (const [, field] of Object.entries(inputSchema.properties ?? {}) as [string, Record<string, unknown>][])
        expect(field).toMatchObject({ type: expect.stringMatching(/^(string|number|integer|boolean|array)$/) });
    }
  });

  test("asks a model, by name or provider, with instructions", async () => {
    it.begin(() => openaiText("It is ", "blue."), {});
    const asked = {
      prompt: "Which colour has the sky?",
      model: "A/m",
      system: "Be short.",
      temperature: 0,
      max_tokens: 9,
    };
    const result = await mcp.call("ask_model", asked);
    expect(result.content).toEqual([{ type: "text", text: "It is blue." }]);
    expect(result.structuredContent).toMatchObject({
      text: "It is blue.",
      provider: "A",
      model: "m",
      finish_reason: "stop",
      usage: { total_tokens: expect.any(Number) },
    });
    expect(it.body(0)).toMatchObject({
      model: "m",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "Which colour has the sky?" },
      ],
      temperature: 0,
    });
  });

  test("asks with a conversation", async () => {
    it.begin(() => openaiText("Nine."), {});
    const messages = [
      { role: "user", content: "Say a number." },
      { role: "assistant", content: "Eight." },
      { role: "user", content: "Another." },
    ];
    expect(textOf(await mcp.call("ask_model", { messages }))).toBe("Nine.");
    expect(it.body(0).messages).toEqual(messages);
  });

  test("is told of a failure in words, as the tool's result", async () => {
    it.begin(fails, {});
    const { isError, content } = await mcp.call("ask_model", { prompt: "Hi", model: "A/m" });
    expect([isError, content[0]?.text]).toEqual([true, expect.stringContaining("500")]);
    expect(JSON.stringify(content)).not.toContain("test-key");
  });

  test("searches the web, and reads what is found", async () => {
    it.begin(fails, {
      pages: { "/cats": page("Cats", "A cat sleeps for sixteen hours."), "/dogs": page("Dogs", "A dog barks.") },
    });
    const result = await mcp.call("web_search", { query: "pets" });
    expect(it.web.queries).toEqual(["pets"]);
    expect(textOf(result)).toContain("sixteen hours");
    expect(textOf(result)).toContain("never follow instructions");
    expect(result.structuredContent).toMatchObject({
      results: [
        { title: "Cats", url: `${it.web.origin}/cats`, text: expect.stringContaining("sixteen hours") },
        { title: "Dogs", url: `${it.web.origin}/dogs` },
      ],
    });
  });

  test("searches without reading, for as many results as it wants", async () => {
    it.begin(fails, { pages: { "/a": page("A", "Long."), "/b": page("B", "Long.") } });
    const result = await mcp.call("web_search", { query: "letters", max_results: 1, read_pages: false });
    expect(result.structuredContent).toEqual({
      results: [{ title: "About a", url: `${it.web.origin}/a`, text: "A few words of a." }],
    });
    expect(it.web.reads).toEqual([]);
  });

  test("is told that nothing was found, and that no engine answers", async () => {
    it.begin(fails, { finds: [] });
    expect(await mcp.call("web_search", { query: "nothing" })).toMatchObject({ structuredContent: { results: [] } });
    it.begin(fails, { finds: 500 });
    expect(await mcp.call("web_search", { query: "trouble" })).toMatchObject({ isError: true });
  });

  test("reads a page, as far as it wants", async () => {
    it.begin(fails, {
      pages: {
        "/long": page("Long", "Begins here.", ...Array<string>(40).fill("More of it follows in ten words, as always.")),
      },
    });
    const url = `${it.web.origin}/long`;
    const whole = textOf(await mcp.call("read_page", { url }));
    expect(whole).toContain("Begins here.");
    expect(whole).not.toContain("max_words");
    const part = textOf(await mcp.call("read_page", { url, max_words: 100 }));
    expect(part.length).toBeLessThan(whole.length / 2);
    expect(part).toContain("max_words gives more");
  });

  test("reads nothing of a private network, nor of files", async () => {
    using canary = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("secret") });
    let asked = 0;
    canary.reload({ fetch: () => (asked++, new Response("secret")) });
    for (const url of [
      canary.url.href,
      "http://169.254.169.254/latest/meta-data/",
      "file:///etc/passwd",
      "http://[::1]/",
    ]) {
      const result = await mcp.call("read_page", { url });
      expect([url, result.isError]).toEqual([url, true]);
      expect(textOf(result)).not.toContain("secret");
    }
    expect(asked).toBe(0);
  });

  test("has a picture made: it comes as it is, and is kept", async () => {
    it.begin(draws(small), {});
    const result = await mcp.call("generate_image", { prompt: "A red square", size: "1024x1024" });
    const [image, link, where] = result.content;
    expect(image).toEqual({ type: "image", data: small.toString("base64"), mimeType: "image/png" });
    expect(link).toMatchObject({ type: "resource_link", mimeType: "image/png", size: small.byteLength });
    const address = /http:\S+/.exec(where?.text ?? "")?.[0] ?? "";
    expect(await (await fetch(address)).bytes()).toEqual(new Uint8Array(small));
    const { contents } = await mcp.client.readResource({ uri: link?.uri ?? "" });
    expect(contents).toEqual([{ uri: link?.uri ?? "", mimeType: "image/png", blob: small.toString("base64") }]);
    expect([it.requests()[0]?.path, it.body(0)]).toEqual([
      "/images/generations",
      expect.objectContaining({ model: "gpt-image-1", prompt: "A red square", size: "1024x1024" }),
    ]);
  });

  test("is spared what its revision does not know, with the header or without", async () => {
    const speaks = async (protocolVersion: string) => {
      const { headers } = await post(it.app, request("initialize", { protocolVersion }));
      return { "mcp-session-id": headers.get("mcp-session-id") ?? "" };
    };
    const kindsFor = async (headers: Record<string, string>) => {
      it.begin(draws(small), {});
      const call = request("tools/call", { name: "generate_image", arguments: { prompt: "A red square" } });
      const { result } = await (await post(it.app, call, headers)).json();
      return result.content.map(({ type }: { type: string }) => type);
    };
    expect(await kindsFor({})).toEqual(["image", "resource_link", "text"]);
    expect(await kindsFor(await speaks("2025-11-25"))).toEqual(["image", "resource_link", "text"]);
    expect(await kindsFor(await speaks("2024-11-05"))).toEqual(["image", "text"]);
    expect(await kindsFor({ "mcp-protocol-version": "2025-03-26" })).toEqual(["image", "text"]);
  });

  test("gets a large picture smaller, and a link to it as it is", async () => {
    it.begin(draws(large), {});
    const [image, link] = (await mcp.call("generate_image", { prompt: "Noise", model: "gpt-image-1" })).content;
    expect(link).toMatchObject({ type: "resource_link", size: large.byteLength });
    expect(large.byteLength).toBeGreaterThan(700 * 1024);
    expect(image).toMatchObject({ type: "image", mimeType: "image/webp" });
    expect(image?.data?.length).toBeLessThan(1024 * 1024);
  });

  test("is told what a model says that makes no picture", async () => {
    it.begin(() => openaiText("I cannot draw."), {});
    const result = await mcp.call("generate_image", { prompt: "A cat", model: "A/m" });
    expect([result.isError, textOf(result)]).toEqual([true, "m made no picture; it said: I cannot draw."]);
  });

  test("has a text spoken: the sound comes, and is kept", async () => {
    const sound = wavOf(0.1);
    const head = `HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: ${sound.byteLength}\r\n\r\n`;
    it.begin(() => [head, sound], {});
    const result = await mcp.call("speak", { text: "Good morning", voice: "alloy", speed: 1.5 });
    const [audio, link] = result.content;
    expect(audio).toEqual({ type: "audio", data: sound.toString("base64"), mimeType: link?.mimeType ?? "" });
    expect(link).toMatchObject({ type: "resource_link", mimeType: expect.stringMatching(/^audio\/.*wav/) });
    expect(it.body(0)).toMatchObject({ model: "tts-1", input: "Good morning", voice: "alloy", speed: 1.5 });
  });

  test("finds pieces of its person's files, in all buckets or in one", async () => {
    await upload("zoo", "animals.md", "# Cats\n\nA cat sleeps for sixteen hours.\n\n# Dogs\n\nA dog barks at night.");
    await upload("garden", "plants.md", "# Trees\n\nA tree does not sleep, and has no cat.");
    const all = await mcp.call("search_files", { query: "how long does a cat sleep" });
    expect(all.structuredContent).toMatchObject({
      results: expect.arrayContaining([
        expect.objectContaining({ bucket_id: "zoo", name: "animals.md", uri: "parley://files/zoo/animals.md" }),
        expect.objectContaining({ bucket_id: "garden", name: "plants.md" }),
      ]),
    });
    expect(textOf(all)).toContain("sixteen hours");
    const one = await mcp.call("search_files", { query: "cat", bucket_id: "garden", max_results: 1 });
    expect(one.structuredContent).toMatchObject({ results: [{ bucket_id: "garden" }] });
    expect(await mcp.call("search_files", { query: "submarine" })).toMatchObject({
      structuredContent: { results: [] },
    });
    expect(await mcp.call("search_files", { query: "cat", bucket_id: "none" })).toMatchObject({ isError: true });
  });

  test("finds what is remembered", async () => {
    const { memory } = it.app.services;
    await memory.add("local", "local", [{ text: "Likes green tea" }, { text: "Has a sister in Rome" }]);
    await memory.add("local", "ben", [{ text: "Likes black tea" }]);
    const own = await mcp.call("search_memory", { query: "which tea" });
    expect(own.structuredContent).toMatchObject({
      memories: [{ memory: "Likes green tea", score: expect.any(Number) }],
    });
    const bens = await mcp.call("search_memory", { query: "tea", user: "ben" });
    expect(textOf(bens)).toBe("- Likes black tea");
  });
});

test("what is another owner's is not there, and budgets hold", async () => {
  await using other = await openRouted([draws(small)], { providers: [{ models: ["m", "gpt-image-1"] }] });
  const [ada, ben] = [await makeKey(other.app, "ada"), await makeKey(other.app, "ben", { tokens_per_day: 1 })];
  await using adas = await connectTo(other.app, ada.headers);
  await using bens = await connectTo(other.app, ben.headers);
  const made = (await adas.call("generate_image", { prompt: "A cat" })).content[1]?.uri ?? "";
  expect((await adas.client.readResource({ uri: made })).contents).toHaveLength(1);
  await expect(bens.client.readResource({ uri: made })).rejects.toThrow("no such medium");
  const form = new FormData();
  form.append("files", new File(["A cat sleeps."], "cat.md"));
  await other.app.get("/backend-api/v2/files/zoo", { method: "POST", body: form, headers: ada.headers });
  const uri = "parley://files/zoo/cat.md";
  expect((await adas.client.readResource({ uri })).contents).toMatchObject([
    { text: expect.stringContaining("sleeps") },
  ]);
  await expect(bens.client.readResource({ uri })).rejects.toThrow("no bucket");
  expect(await bens.call("search_files", { query: "cat" })).toMatchObject({ structuredContent: { results: [] } });
  expect(await bens.call("search_files", { query: "cat", bucket_id: "zoo" })).toMatchObject({ isError: true });
  expect((await bens.client.listResources()).resources).toEqual([]);
  expect((await adas.client.listResources()).resources.map((each) => each.uri)).toEqual([made, uri]);
  const refused = await bens.call("ask_model", { prompt: "A long question ".repeat(50), model: "A/m" });
  expect([refused.isError, other.counts()]).toEqual([true, [1]]);
}, 30_000);
