import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { connectTo, type McpClient } from "../support/mcp.ts";
import { pngOf } from "../support/pictures.ts";

async function fill(
  app: TestApp,
  counts: { readonly media: number; readonly buckets: Readonly<Record<string, number>> },
) {
  const { library } = app.services;
  for (let number = 0; number < counts.media; number++)
    await library.store.save(pngOf(number), { owner: "local", model: "m", prompt: `picture ${number}` });
  for (const [bucketId, count] of Object.entries(counts.buckets)) {
    const form = new FormData();
    for (let number = 0; number < count; number++) form.append("files", new File([`Text ${number}`], `${number}.md`));
    expect((await app.get(`/backend-api/v2/files/${bucketId}`, { method: "POST", body: form })).status).toBe(200);
  }
}

/** All that is listed, and by how many pages. */
async function listAll({ client }: McpClient) {
  const uris: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await client.listResources(cursor === undefined ? {} : { cursor });
    uris.push(...page.resources.map(({ uri }) => uri));
    cursor = page.nextCursor;
    pages++;
  } while (cursor !== undefined);
  return { uris, pages };
}

describe("resources", () => {
  test("are one's media and files, each once, in pages", async () => {
    await using app = await openApp();
    await using mcp = await connectTo(app);
    expect(await listAll(mcp)).toEqual({ uris: [], pages: 1 });
    await fill(app, { media: 105, buckets: { first: 3, second: 120, third: 2 } });
    const { uris, pages } = await listAll(mcp);
    expect(pages).toBeGreaterThan(2);
    expect(new Set(uris).size).toBe(uris.length);
    const count = (start: string) => uris.filter((uri) => uri.startsWith(start)).length;
    expect(
      ["parley://media/", "parley://files/first/", "parley://files/second/", "parley://files/third/"].map(count),
    ).toEqual([105, 3, 120, 2]);
    for (const uri of [uris[0], uris.at(-1)])
      expect((await mcp.client.readResource({ uri: uri ?? "" })).contents[0]?.uri).toBe(uri ?? "");
  }, 30_000);

  test("have names of any script, and say what they are", async () => {
    await using app = await openApp();
    await using mcp = await connectTo(app);
    const form = new FormData();
    form.append("files", new File(["# Größe\n\nViel."], "Über größe.md"));
    form.append("files", new File([new Uint8Array(pngOf(3))], "bild.png"));
    await app.get(`/backend-api/v2/files/${encodeURIComponent("日本 & co")}`, { method: "POST", body: form });
    const { resources } = await mcp.client.listResources();
    expect(resources.map(({ name, mimeType }) => [name, mimeType])).toEqual([
      ["Über_größe.md", "text/markdown"],
      ["bild.png", "image/png"],
    ]);
    const read = await Promise.all(resources.map(({ uri }) => mcp.client.readResource({ uri })));
    expect(read.map(({ contents }) => contents[0])).toEqual([
      expect.objectContaining({ text: expect.stringContaining("Größe") }),
      expect.objectContaining({ blob: pngOf(3).toString("base64") }),
    ]);
    expect((await mcp.client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "parley://media/{name}",
      "parley://files/{bucket}/{name}",
    ]);
  });

  test("that are too large are said to be", async () => {
    await using app = await openApp();
    await using mcp = await connectTo(app);
    const form = new FormData();
    form.append("files", new File(["0123456789abcde\n".repeat(1024 * 1024 + 1)], "large.txt"));
    expect((await app.get("/backend-api/v2/files/big", { method: "POST", body: form })).status).toBe(200);
    const [resource] = (await mcp.client.listResources()).resources;
    expect(resource?.size).toBeGreaterThan(16 * 1024 * 1024);
    await expect(mcp.client.readResource({ uri: resource?.uri ?? "" })).rejects.toThrow(/at most 16777216/);
  });
});
