import { expect, test } from "bun:test";
import { createPath, openCreate } from "../support/create.ts";
import { makeKey } from "../support/keys.ts";
import { openaiText } from "../support/scripted-upstream.ts";

test("HEAD asks nobody", async () => {
  await using work = await openCreate(() => openaiText("x"));
  for (const query of [{}, { cache: "x" }, { audio: "true" }, { provider: "CachedSearch" }] as Record<
    string,
    string
  >[]) {
    const { status, headers } = await work.get(query, { method: "HEAD" });
    expect([status, headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  }
  expect((await work.app.get("/backend-api/v2/create", { method: "HEAD" })).status).toBe(400);
  expect(work.upstream.requests).toEqual([]);
});

test("a page of another origin cannot spend the operator's money, and ours can", async () => {
  await using work = await openCreate(() => openaiText("x"), { flags: { cors_origins: "https://good.example" } });
  const status = async (headers: Record<string, string>) => {
    const response = await work.get({}, { headers });
    await response.text();
    return response.status;
  };
  for (const site of ["cross-site", "same-site"]) expect(await status({ "sec-fetch-site": site })).toBe(403);
  expect(await status({ origin: "https://evil.example" })).toBe(403);
  for (const spelling of ["create/", "crea%74e"]) {
    const path = createPath({ prompt: "x" }).replace("create", spelling);
    expect((await work.app.get(path, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
  }
  expect(work.upstream.requests).toEqual([]);
  expect(await status({ origin: "https://good.example", "sec-fetch-site": "cross-site" })).toBe(200);
  expect(await status({ "sec-fetch-site": "none" })).toBe(200);
});

test("the access key is wanted, and the run belongs to its owner", async () => {
  await using work = await openCreate(() => openaiText("x"));
  const [ann, ben] = [await makeKey(work.app, "ann"), await makeKey(work.app, "ben")];
  expect((await work.get()).status).toBe(401);
  const response = await work.get({}, ann);
  expect(await response.text()).toBe("x");
  const run = `/backend-api/v2/runs/${response.headers.get("x-run-id")}/trace`;
  expect([(await work.app.get(run, ann)).status, (await work.app.get(run, ben)).status]).toEqual([200, 404]);
});
