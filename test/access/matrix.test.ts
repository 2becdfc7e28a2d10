import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { makeKey } from "../support/keys.ts";
import { eachOf, type House, methodOf, openHouse, people, ruleOf } from "./house.ts";
import { rules } from "./rules.ts";

let house: House;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house[Symbol.asyncDispose]());

/** What carries a key, and at which routes it counts. */
const carriers: readonly {
  readonly name: string;
  readonly headers?: (key: string) => Record<string, string>;
  readonly query?: (key: string) => string;
  readonly counts: (path: string) => boolean;
}[] = [
  { name: "Authorization", headers: (key) => ({ authorization: `Bearer ${key}` }), counts: () => true },
  // There it is the caller's key for the provider.
  { name: "x-api-key", headers: (key) => ({ "x-api-key": key }), counts: (path) => !isOfProvider(path) },
  { name: "x_api_key", headers: (key) => ({ x_api_key: key }), counts: (path) => !isOfProvider(path) },
  { name: "x-goog-api-key", headers: (key) => ({ "x-goog-api-key": key }), counts: isOfGoogle },
  { name: "?key=", query: (key) => `?key=${key}`, counts: isOfGoogle },
  {
    name: "subprotocol",
    headers: (key) => ({ "sec-websocket-protocol": `backend.v2, bearer.${key}` }),
    counts: (path) => path === "/backend-api/v2/channel",
  },
  { name: "Basic", headers: (key) => ({ authorization: `Basic ${btoa(`x:${key}`)}` }), counts: () => false },
  { name: "a key as a cookie", headers: (key) => ({ cookie: `parley_session=${key}` }), counts: () => false },
];

function isOfProvider(path: string): boolean {
  return /^\/backend-api\/v2\/(models|quota)\/:/.test(path);
}

function isOfGoogle(path: string): boolean {
  return /^\/v1(beta)?\/models(\/|$)/.test(path);
}

const closedRoutes = () => house.routes.filter((route) => ruleOf(route).who !== "anybody");
const readableByAnybody = (route: string, method: string) =>
  ruleOf(route).who === "shared" && ["GET", "HEAD"].includes(method);

/** What is sent where nothing is to be done: whoever may ask is told that this is nothing that can be asked. */
const nothing = (route: string) => (methodOf(route) === "GET" ? {} : { body: "[]" });

test("every route has a rule, and every rule a route", () => {
  expect(house.routes.toSorted()).toEqual(Object.keys(rules).toSorted());
});

describe("a stranger", () => {
  test("is refused by every route that is closed, by any method, whatever is sent in place of a key", async () => {
    const now = Date.now();
    const expired = await makeKey(house.app, "ann", { expires_at: now - 1 });
    const revoked = await makeKey(house.app, "ann");
    await house.app.services.store.accessKeys.revoke(revoked.id, now - 1);
    const { ann } = house.keys;
    const tries: { name: string; headers: Record<string, string>; query: string }[] = [
      { name: "nothing", headers: {}, query: "" },
      { name: "a write key of a share", headers: { "x-write-key": house.owned.writeKey }, query: "" },
      ...carriers.flatMap(({ name, headers, query }) =>
        [
          ["wrong", `${ann.key.slice(0, -1)}_`],
          ["expired", expired.key],
          ["revoked", revoked.key],
          ["the id of a key", ann.id],
        ].map(([what, key = ""]) => ({
          name: `${name}: ${what}`,
          headers: headers?.(key) ?? {},
          query: query?.(key) ?? "",
        })),
      ),
      {
        name: "a session that is none",
        headers: { cookie: `${house.cookies.ann}x`, origin: house.app.origin },
        query: "",
      },
    ];
    const opened: string[] = [];
    const asked = closedRoutes().flatMap((route) =>
      // Which method it is makes no difference to what carries a key.
      tries.flatMap((each) =>
        (/^(nothing|Authorization)/.test(each.name) ? [methodOf(route), "HEAD", "OPTIONS"] : [methodOf(route)]).map(
          (method) => ({ route, method, ...each }),
        ),
      ),
    );
    await eachOf(asked, async ({ route, name, method, headers, query }) => {
      if (readableByAnybody(route, method) || (ruleOf(route).who === "shared" && "x-write-key" in headers)) return;
      const init = { method, query, headers, ...(method === methodOf(route) && nothing(route)) };
      const status = await house.statusOf(route, house.owned.things, init);
      if (status !== 401) opened.push(`${method} ${route} ${name}: ${status}`);
    });
    expect(opened).toEqual([]);
  });

  test("is let in where anybody may ask", async () => {
    for (const route of house.routes.filter((each) => ruleOf(each).who === "anybody")) {
      const status = await house.statusOf(route, house.owned.things, nothing(route));
      expect([route, [401, 403].includes(status)]).toEqual([route, false]);
    }
  });
});

test("whoever has a key is let in by each carrier that counts there, and by no other", async () => {
  const wrong: string[] = [];
  const asked = closedRoutes().flatMap((route) => carriers.map((carrier) => ({ route, ...carrier })));
  await eachOf(asked, async ({ route, name, headers, query, counts }) => {
    if (readableByAnybody(route, methodOf(route))) return;
    const { key } = house.keys.bob;
    const init = { ...nothing(route), headers: headers?.(key) ?? {}, query: query?.(key) ?? "" };
    const status = await house.statusOf(route, house.owned.missing, init);
    const isIn = counts(route.split(" ")[1] ?? "");
    if ((status !== 401) !== isIn) wrong.push(`${route} ${name}: ${status}`);
  });
  expect(wrong).toEqual([]);
});

test("a browser's session is let in where its key is, and changes nothing for another site", async () => {
  const wrong: string[] = [];
  const asked = closedRoutes().flatMap((route) => people.map((person) => ({ route, person })));
  await eachOf(asked, async ({ route, person }) => {
    const ask = (headers: Record<string, string>) =>
      house.statusOf(route, house.owned.missing, { ...nothing(route), headers });
    const cookie = house.cookies[person];
    const [byKey, bySession, byOther] = [
      await ask(house.keys[person].headers),
      await ask({ cookie, origin: house.app.origin, "sec-fetch-site": "same-origin" }),
      await ask({ cookie, "sec-fetch-site": "cross-site" }),
    ];
    if (byKey !== bySession) wrong.push(`${route} ${person}: ${byKey} by key, ${bySession} by session`);
    if (![401, 403].includes(byOther) && !readableByAnybody(route, methodOf(route)))
      wrong.push(`${route} ${person}: ${byOther} for another site`);
  });
  expect(wrong).toEqual([]);
});

test("what admins may do, nobody else may", async () => {
  for (const route of closedRoutes().filter((each) => ruleOf(each).who === "admin")) {
    const init = { ...nothing(route), ...(ruleOf(route).body && { body: ruleOf(route).body?.() }) };
    const ask = (person: "ann" | "boss") =>
      house.ask(route, house.owned.things, { ...init, headers: house.keys[person].headers });
    const refused = await ask("ann");
    expect([route, refused.status, await refused.json()]).toMatchObject([
      route,
      403,
      { error: { code: "admin_only" } },
    ]);
    const { status } = await ask("boss");
    expect([route, [401, 403].includes(status)]).toEqual([route, false]);
  }
});
