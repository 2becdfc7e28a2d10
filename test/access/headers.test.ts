import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eachOf, type House, methodOf, openHouse, ruleOf } from "./house.ts";
import { lacks } from "./safe-answer.ts";

let house: House;
beforeAll(async () => void (house = await openHouse({ public_url: "https://chat.example" })));
afterAll(() => house[Symbol.asyncDispose]());

const page = "GET /";
const asking = { "access-control-request-method": "POST", origin: "https://elsewhere.example" };

test("what has not changed says the same as what it stands for", async () => {
  const { headers } = house.keys.ann;
  for (const route of house.routes.filter((each) => methodOf(each) === "GET" && !ruleOf(each).changes)) {
    const first = await house.ask(route, house.owned.things, { headers });
    await first.body?.cancel();
    const etag = first.headers.get("etag");
    if (etag === null) continue;
    const again = await house.ask(route, house.owned.things, { headers: { ...headers, "if-none-match": etag } });
    expect([route, again.status, lacks(again).filter((name) => name !== "content-security-policy")]).toEqual([
      route,
      304,
      [],
    ]);
    for (const name of ["content-security-policy", "cache-control", "cross-origin-resource-policy"])
      expect([route, name, again.headers.get(name)]).toEqual([route, name, first.headers.get(name)]);
  }
});

test("every answer of every route says how it is to be taken, refusals and preflights too", async () => {
  const wrong: string[] = [];
  const asked = house.routes
    .toSorted((one) => (methodOf(one) === "DELETE" ? 1 : -1))
    .flatMap((route) =>
      [methodOf(route), "HEAD", "OPTIONS", "PROPFIND"].flatMap((method) =>
        [{}, asking, house.keys.ann.headers, house.keys.boss.headers].flatMap((headers) =>
          [house.owned.things, house.owned.missing].map((things) => ({ route, method, headers, things })),
        ),
      ),
    );
  await eachOf(asked, async ({ route, method, headers, things }) => {
    const body = method === methodOf(route) ? ruleOf(route).body?.() : undefined;
    const answer = await house.ask(route, things, { method, headers, ...(body && { body }) });
    const lacking = lacks(answer);
    await answer.body?.cancel();
    // A file of a page's is the same everywhere.
    if (route.startsWith("GET /assets/") && answer.ok) return;
    if (lacking.length > 0) wrong.push(`${method} ${route} ${answer.status}: ${lacking.join(", ")}`);
  });
  expect(wrong).toEqual([]);
});

describe("who came by TLS", () => {
  const tls = "strict-transport-security";
  test("is to come by it for a year, and who did not hears nothing of it", async () => {
    const ask = async (headers: Record<string, string>) =>
      (await house.ask(page, house.owned.things, { headers })).headers.get(tls);
    expect(await ask({ "x-forwarded-proto": "https" })).toBe("max-age=31536000");
    expect(await ask({ "x-forwarded-proto": "http" })).toBeNull();
    expect(await ask({ host: "chat.example" })).toBe("max-age=31536000");
    expect(await ask({})).toBeNull();
  });
});
