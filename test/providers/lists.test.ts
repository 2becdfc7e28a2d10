import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { basename, dirname, join } from "node:path";
import { openApp } from "../support/app.ts";
import { root } from "../support/command.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

const folder = join(root, "test/fixtures/providers");
const read = async (pattern: string) =>
  Promise.all(
    [...new Glob(pattern).scanSync(folder)].sort().map(async (path) => ({
      provider: basename(dirname(path)),
      ...(await Bun.file(join(folder, path)).json()),
    })),
  );

const lists = await read("*/models.list.json");
const quotas = await read("*/quota.json");

/** A path under the base address may step out of it, to a neighbour on the same host. */
const resolved = (path: string) => new URL(`http://h/a/b/c${path}`).href.slice("http://h".length);

/** A vendor's list of what makes media, where it has one apart. */
interface MediaList {
  readonly path: string;
  readonly body: unknown;
}

/** The requests that came, and what the server made of the answers. */
async function play(provider: string, body: unknown, ask: string, media?: MediaList) {
  const isOfMedia = (path: string) => media !== undefined && path === resolved(media.path);
  using upstream = openUpstream(({ path }) => answer(200, isOfMedia(path) ? media?.body : body));
  const settings = { name: provider, type: provider, base_url: `${upstream.origin}/a/b/c`, api_key: "test-key-0123" };
  const yaml = Bun.YAML.stringify({ providers: [settings] });
  await using app = await openApp({ yaml });
  const response = await app.get(`/backend-api/v2/${ask}/${provider}`);
  return { status: response.status, body: await response.json(), paths: upstream.requests.map(({ path }) => path) };
}

describe("a vendor's list of models", () => {
  for (const { provider, body, path, models, media } of lists) {
    test(`of ${provider} becomes ours, without what cannot be asked for`, async () => {
      const found = await play(provider, body, "models", media);
      expect(found.status).toBe(200);
      expect(found.body.map(({ id }: { id: string }) => id)).toEqual(models.map(({ id }: { id: string }) => id));
      expect(found.body).toMatchObject(models);
      expect(found.paths.sort()).toEqual([path, ...(media ? [media.path] : [])].map(resolved).sort());
    });
  }
});

describe("what a vendor tells of an account", () => {
  for (const { provider, body, path, quota } of quotas) {
    test(`${provider} by its own interface`, async () => {
      const found = await play(provider, body, "quota");
      expect(found).toEqual({ status: 200, body: quota, paths: [resolved(path)] });
    });
  }

  test("is 501 where it tells nothing, and 404 where there is no such provider", async () => {
    await using app = await openApp({ environment: { OPENAI_API_KEY: "test-key-0123" } });
    const silent = await app.get("/backend-api/v2/quota/OpenAI");
    expect([silent.status, (await silent.json()).error.code]).toEqual([501, "not_offered"]);
    expect((await app.get("/backend-api/v2/quota/Nobody")).status).toBe(404);
  });
});
