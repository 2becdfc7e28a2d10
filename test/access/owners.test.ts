import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openChannel } from "../support/channel.ts";
import { type House, methodOf, openHouse, pathOf, ruleOf } from "./house.ts";
import { references } from "./references.ts";
import { sign, type Things } from "./things.ts";
import { toTold, withoutNames } from "./told.ts";

let house: House;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house[Symbol.asyncDispose]());

const others = ["bob", "boss"] as const;
const ofRule = (...who: string[]) => house.routes.filter((route) => who.includes(ruleOf(route).who));

describe("what is one owner's", () => {
  test("is in no list, search, sum, or export of anybody else", async () => {
    const { things } = house.owned;
    const words = [sign, things.run_id, things.message_id, things.memory_id, things.file_id, things.id];
    const queries = [
      "",
      `?q=${sign}`,
      `?search=${sign}`,
      "?owner=ann",
      "?owner=all",
      "?user=ann",
      "?limit=1000",
      `?key=${sign}`,
    ];
    for (const route of house.routes.filter((each) => methodOf(each) === "GET" && ruleOf(each).tells)) {
      const read = async (person: "ann" | "bob" | "boss", query: string) =>
        (await house.ask(route, things, { query, headers: house.keys[person].headers })).text();
      const own = await read("ann", "");
      expect([route, words.some((word) => own.includes(word))]).toEqual([route, true]);
      for (const query of queries) {
        const told = await read("bob", query);
        expect([route, query, words.filter((word) => told.includes(word))]).toEqual([route, query, []]);
      }
      const told = await read("boss", "");
      expect([route, words.filter((word) => told.includes(word))]).toEqual([route, []]);
    }
  });

  test("is for anybody else as if it were not there, admin or not, by key or by session", async () => {
    const asked = ofRule("owner", "published").flatMap((route) =>
      [methodOf(route), "HEAD", "OPTIONS"].flatMap((method) => others.map((person) => ({ route, method, person }))),
    );
    for (const { route, method, person } of asked) {
      const body = method === methodOf(route) ? ruleOf(route).body : undefined;
      for (const headers of [house.keys[person].headers, { cookie: house.cookies[person], origin: house.app.origin }]) {
        const ask = async (things: Things) =>
          toTold(await house.ask(route, things, { method, headers, ...(body && { body: body() }) }), things);
        const [theirs, none] = [await ask(house.owned.things), await ask(house.owned.missing)];
        expect({ route, method, person, ...theirs }).toEqual({ route, method, person, ...none });
      }
    }
  });

  test.each(references)("is not there for others who name it in a body: %s, %#", async (route, toBody) => {
    for (const person of others) {
      const ask = async (things: Things) => {
        const body = JSON.stringify(toBody(things));
        const answer = await house.ask(route, things, { headers: house.keys[person].headers, body });
        return { status: answer.status, isTold: withoutNames(await answer.text(), things).includes(sign) };
      };
      const [theirs, none] = [await ask(house.owned.things), await ask(house.owned.missing)];
      expect(theirs).toEqual({ ...none, isTold: false });
    }
  });

  test("is not given by tools of MCP to others", async () => {
    const { headers } = house.keys.bob;
    const call = async (method: string, params: object = {}) =>
      (
        await house.ask("POST /mcp", house.owned.things, {
          headers,
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        })
      ).text();
    expect(await call("resources/list")).not.toContain(sign);
    const { result } = JSON.parse(await call("tools/list")) as { result: { tools: { name: string }[] } };
    const args = {
      query: sign,
      text: sign,
      user_id: house.owned.things.user_id,
      bucket_id: house.owned.things.bucket_id,
      bucket: house.owned.things.bucket_id,
    };
    expect(result.tools.length).toBeGreaterThan(3);
    for (const { name } of result.tools)
      expect([name, (await call("tools/call", { name, arguments: args })).includes(`words of ${sign}`)]).toEqual([
        name,
        false,
      ]);
  });

  test("is not joined, attached to or cancelled by others over the channel", async () => {
    const { things, missing } = house.owned;
    using own = await openChannel(house.app.origin, { headers: house.keys.ann.headers });
    own.send({ op: "join", id: "j", chat_id: things.chat_id });
    await own.find(({ type }) => type === "room");
    using channel = await openChannel(house.app.origin, { headers: house.keys.bob.headers });
    const told = async (of: Things, id: string) => {
      channel.send({ op: "attach", id: `a${id}`, run_id: of.run_id });
      channel.send({ op: "join", id: `j${id}`, chat_id: of.chat_id });
      channel.send({ op: "cancel", id: of.run_id });
      const found = [`a${id}`, `j${id}`, of.run_id].map((each) => channel.find((frame) => frame.id === each));
      return (await Promise.all(found)).map(({ id: _, ...frame }) => withoutNames(JSON.stringify(frame), of));
    };
    expect(await told(things, "1")).toEqual(await told(missing, "2"));
    for (const frame of own.frames) expect(frame).toMatchObject({ type: "room", count: 1 });
  });

  test("is not what another's Idempotency-Key of the same letters stands for", async () => {
    const route = "POST /backend-api/v2/chats";
    const create = async (person: "ann" | "bob" | "boss") => {
      const headers = { ...house.keys[person].headers, "idempotency-key": "the-same" };
      const answer = await house.ask(route, house.owned.things, { headers, body: JSON.stringify({ title: person }) });
      return { replayed: answer.headers.get("idempotency-replayed"), text: await answer.text() };
    };
    const first = await create("ann");
    expect(await create("ann")).toEqual({ ...first, replayed: "true" });
    for (const person of others) {
      const { replayed, text } = await create(person);
      expect(replayed).toBeNull();
      expect(JSON.parse(text)).toMatchObject({ title: person });
    }
  });

  test("is no other's answer of the cache", async () => {
    const ask = async (person: "ann" | "bob") => {
      const answer = await house.ask("GET /backend-api/v2/create", house.owned.things, {
        query: "?prompt=Hi&provider=Work&model=m&cache=one",
        headers: house.keys[person].headers,
      });
      await answer.text();
      return answer.headers.get("x-cache");
    };
    expect([await ask("ann"), await ask("ann"), await ask("bob")]).toEqual(["miss", "hit", "miss"]);
  });
});

test("a shared chat is read by anybody, and changed by its owner or who holds its write key", async () => {
  const { things, writeKey } = house.owned;
  for (const route of ofRule("shared")
    .toSorted((one, other) => one.localeCompare(other))
    .toReversed()) {
    const ask = async (headers: Record<string, string>) => {
      const { body } = ruleOf(route);
      return (await house.ask(route, things, { headers, ...(body && { body: body() }) })).status;
    };
    if (methodOf(route) === "GET") {
      expect([await ask({}), await ask(house.keys.bob.headers)]).toEqual([200, 200]);
      continue;
    }
    const statuses = [
      await ask({}),
      await ask({ "x-write-key": `${writeKey}x` }),
      await ask(house.keys.bob.headers),
      await ask(house.keys.boss.headers),
    ];
    expect([route, ...statuses]).toEqual([route, 401, 401, 403, 403]);
    expect([route, await ask({ "x-write-key": writeKey })]).toEqual([route, 200]);
  }
});

test("all of it was there, and is its owner's still", async () => {
  const { things } = house.owned;
  const own = ofRule("owner", "published");
  // What removes comes last, the innermost first.
  const inOrder = own.toSorted((one, other) => rank(one) - rank(other));
  for (const route of inOrder) {
    const { body } = ruleOf(route);
    const answer = await house.ask(route, things, { headers: house.keys.ann.headers, ...(body && { body: body() }) });
    const text = await answer.text();
    expect([route, pathOf(route, things), answer.status < 400 ? "done" : text]).toEqual([
      route,
      pathOf(route, things),
      "done",
    ]);
  }
});

function rank(route: string): number {
  return methodOf(route) === "DELETE" ? 100 - route.length / 10 : 0;
}
