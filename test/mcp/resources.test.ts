import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { connectTo, type McpClient, post, request } from "../support/mcp.ts";
import { pngOf } from "../support/pictures.ts";

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app[Symbol.asyncDispose]());

async function upload({ headers }: TestKey, bucketId: string, files: readonly File[]) {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  const path = `/backend-api/v2/files/${encodeURIComponent(bucketId)}`;
  expect((await app.get(path, { method: "POST", body: form, headers })).status).toBe(200);
}

const texts = (count: number) =>
  Array.from({ length: count }, (_, number) => new File([`Text ${number}`], `${number}.md`));

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
    const ada = await makeKey(app, "ada");
    await using mcp = await connectTo(app, ada.headers);
    expect(await listAll(mcp)).toEqual({ uris: [], pages: 1 });
    await Promise.all(
      Array.from({ length: 105 }, (_, number) =>
        app.services.library.store.save(pngOf(number), { owner: "ada", model: "m", prompt: `picture ${number}` }),
      ),
    );
    await upload(ada, "first", texts(3));
    await upload(ada, "second", texts(120));
    await upload(ada, "third", texts(2));
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
    const ben = await makeKey(app, "ben");
    await using mcp = await connectTo(app, ben.headers);
    const picture = new File([new Uint8Array(pngOf(3))], "bild.png");
    await upload(ben, "日本 & co", [new File(["# Größe\n\nViel."], "Über größe.md"), picture]);
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
    const eve = await makeKey(app, "eve");
    await using mcp = await connectTo(app, eve.headers);
    await upload(eve, "big", [new File(["0123456789abcde\n".repeat(1024 * 1024 + 1)], "large.txt")]);
    const [resource] = (await mcp.client.listResources()).resources;
    expect(resource?.size).toBeGreaterThan(16 * 1024 * 1024);
    await expect(mcp.client.readResource({ uri: resource?.uri ?? "" })).rejects.toThrow(/at most 16777216/);
  });

  test("that nobody takes are held up to a bound, and make room when their readers leave", async () => {
    const fay = await makeKey(app, "fay");
    await upload(fay, "big", [new File(["0123456789abcde\n".repeat(1024 * 1024 - 1)], "large.txt")]);
    const ask = () => post(app, request("resources/read", { uri: "parley://files/big/large.txt" }), fay.headers);
    const responses = await Promise.all(Array.from({ length: 20 }, ask));
    const refused = responses.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(await refused[0]?.json()).toMatchObject({ jsonrpc: "2.0", error: { code: -32000 } });
    const [first, ...others] = responses.filter(({ status }) => status === 200);
    expect(first && (await first.json()).result.contents[0].text).toHaveLength(16 * (1024 * 1024 - 1));
    await Promise.all(others.map((each) => each.body?.cancel()));
    let response = await ask();
    for (; response.status === 429; response = await ask()) await Bun.sleep(5);
    expect((await response.text()).length).toBeGreaterThan(16 * (1024 * 1024 - 1));
  });
});
