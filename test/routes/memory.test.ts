import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";

const pathOf = (user: string) => `/backend-api/v2/memory/${encodeURIComponent(user)}`;

async function send(app: TestApp, method: string, path: string, body?: unknown) {
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const answer = await app.get(path, { method, ...(text !== undefined && { body: text }) });
  return { status: answer.status, body: await answer.json() };
}

const add = (app: TestApp, user: string, body: unknown) => send(app, "POST", pathOf(user), body);
const see = (app: TestApp, user: string, query: Record<string, string> = {}) =>
  send(app, "GET", `${pathOf(user)}?${new URLSearchParams(query)}`);
const textsOf = (records: { memory: string }[]) => records.map(({ memory }) => memory);

describe("memories", () => {
  test("are stored as a text with metadata or as the messages of a conversation, and listed newest first", async () => {
    await using app = await openApp({ clock: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
    const single = await add(app, "ann", { memory: "Likes tea", metadata: { topic: "drinks" } });
    expect(single).toEqual({ status: 200, body: { count: 1, ids: [expect.stringMatching(/^mem_[\w-]{22}$/)] } });
    const items = [
      { role: "user", content: "My dog is called Rex" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Nice " },
          { type: "text", text: "name" },
        ],
      },
    ];
    expect((await add(app, "ann", { id: "conv-1", items })).body).toMatchObject({ count: 2 });
    expect(await see(app, "ann")).toEqual({
      status: 200,
      body: {
        count: 3,
        next: null,
        previous: null,
        results: [
          {
            id: expect.any(String),
            memory: "Nice name",
            user_id: "ann",
            metadata: { role: "assistant" },
            conversation_id: "conv-1",
            created_at: "2026-01-02T03:04:05.000Z",
            updated_at: "2026-01-02T03:04:05.000Z",
          },
          expect.objectContaining({ memory: "My dog is called Rex", metadata: { role: "user" } }),
          expect.objectContaining({ memory: "Likes tea", metadata: { topic: "drinks" }, conversation_id: null }),
        ],
      },
    });
    expect((await see(app, "Ann")).body).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  test("of the same text are one of the same user, and of others others", async () => {
    await using app = await openApp();
    const first = await add(app, "ann", { memory: "Likes tea", metadata: { a: 1 } });
    const [id] = first.body.ids;
    expect((await add(app, "ann", { memory: "Likes tea", metadata: { a: 2 } })).body).toEqual({ count: 0, ids: [id] });
    const twice = await add(app, "ann", {
      items: ["Likes tea", "New", "New"].map((content) => ({ role: "user", content })),
    });
    expect(twice.body.count).toBe(1);
    expect(twice.body.ids).toEqual([id, twice.body.ids[1], twice.body.ids[1]]);
    expect((await add(app, "bob", { memory: "Likes tea" })).body.ids).not.toEqual([id]);
    expect((await see(app, "ann")).body.count).toBe(2);
    // Nothing is cleaned up before it is compared.
    expect((await add(app, "ann", { memory: "likes tea" })).body.count).toBe(1);
  });

  test("that are empty or malformed are refused, all of them, naming the field and never its value", async () => {
    await using app = await openApp();
    const good = { role: "user", content: "good" };
    for (const [body, message] of [
      ["{", /not JSON/],
      [[], /object/],
      [{}, /^memory is missing/],
      [{ memory: " \n" }, /^memory: expected a text/],
      [{ memory: 1 }, /^memory: expected/],
      [{ memory: "secret", metadata: [] }, /^metadata: expected an object/],
      [{ memory: "x".repeat(33_000) }, /^memory: expected at most 32768 bytes/],
      [{ memory: "x", metadata: { big: "y".repeat(17_000) } }, /^metadata: expected at most/],
      [{ items: [] }, /^items: expected a list/],
      [{ items: "x" }, /^items: expected a list/],
      [{ items: [good, { role: "user", content: "" }] }, /^items\[1\]\.content: expected a text/],
      [{ items: [good, { role: "user" }] }, /^items\[1\]\.content is missing/],
      [{ items: [good, null] }, /^items\[1\]: expected/],
      [{ items: [good], memory: "x" }, /either items or memory/],
      [{ items: [good], id: "" }, /^id: expected/],
      [{ items: Array.from({ length: 1001 }, () => good) }, /1 to 1000/],
    ] as const) {
      const answer = await add(app, "ann", body);
      expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringMatching(message)]);
      expect(JSON.stringify(answer.body)).not.toContain("secret");
    }
    expect((await see(app, "ann")).body.count).toBe(0);
    expect((await send(app, "POST", `/backend-api/v2/memory/${"x".repeat(129)}`, { memory: "x" })).status).toBe(400);
  });

  test("come back as they were sent, whatever is in them", async () => {
    await using app = await openApp();
    const naughty = [
      " spaces ",
      "\u0000nul\u0000",
      "\ud800 alone",
      "e\u0301 é",
      "<b>&amp;</b>",
      "'; DROP TABLE memories; --",
      "\u202ertl",
      "👩‍👩‍👧",
      '"\\',
      "\ufffd",
    ];
    for (const text of naughty) {
      const metadata = `{"__proto__":{"x":1},"constructor":1,${JSON.stringify(text)}:${JSON.stringify(text)}}`;
      const added = await add(app, "n", `{"memory":${JSON.stringify(text)},"metadata":${metadata}}`);
      expect(added.body.count).toBe(1);
      const [newest] = (await see(app, "n", { page_size: "1" })).body.results;
      expect(newest.memory).toBe(text);
      expect(JSON.stringify(newest.metadata)).toBe(JSON.stringify(JSON.parse(metadata)));
      for (const search of [text, `${text}"`, `NEAR(${text}`, `${text} OR *`, `-${text}:^`])
        expect((await see(app, "n", { search })).status).toBe(200);
    }
  });

  test("are changed and removed, one or all, and are others' never", async () => {
    await using app = await openApp();
    const { ids } = (await add(app, "ann", { items: ["one two", "three"].map((content) => ({ content })) })).body;
    const one = `${pathOf("ann")}/${ids[0]}`;
    expect(await send(app, "PATCH", one, { memory: "four" })).toMatchObject({
      status: 200,
      body: { id: ids[0], memory: "four" },
    });
    expect((await send(app, "PATCH", one, { metadata: { a: [1] } })).body).toMatchObject({
      memory: "four",
      metadata: { a: [1] },
    });
    expect((await see(app, "ann", { search: "two" })).body).toEqual([]);
    expect(textsOf((await see(app, "ann", { search: "four" })).body)).toEqual(["four"]);
    expect(await send(app, "PATCH", one, { memory: "three" })).toMatchObject({
      status: 409,
      body: { error: { code: "duplicate" } },
    });
    expect((await send(app, "PATCH", one, {})).status).toBe(400);
    expect((await send(app, "PATCH", one, { memory: null })).status).toBe(400);
    for (const path of [`${pathOf("bob")}/${ids[0]}`, `${pathOf("ann")}/mem_x`]) {
      expect((await send(app, "PATCH", path, { memory: "x" })).status).toBe(404);
      expect((await send(app, "DELETE", path)).status).toBe(404);
    }
    expect((await send(app, "DELETE", one)).status).toBe(200);
    expect((await send(app, "DELETE", one)).status).toBe(404);
    expect((await send(app, "DELETE", pathOf("ann"))).body).toEqual({ count: 1 });
    expect((await send(app, "DELETE", pathOf("ann"))).body).toEqual({ count: 0 });
    expect((await see(app, "ann", { search: "three" })).body).toEqual([]);
    expect((await add(app, "ann", { memory: "three" })).body.count).toBe(1);
    expect((await see(app, "ann")).body.count).toBe(1);
  });

  test("are paged, and the links keep what else was asked", async () => {
    await using app = await openApp();
    await add(app, "a b", {
      items: Array.from({ length: 250 }, (_, index) => ({ content: `fact ${index}`, role: index % 2 ? "user" : "x" })),
    });
    const seen: string[] = [];
    let path: string | null = `${pathOf("a b")}?page_size=40&metadata=${encodeURIComponent('{"role":"user"}')}&x=1`;
    let pages = 0;
    while (path) {
      const { body }: { body: { next: string | null; count: number; results: { memory: string }[] } } = await send(
        app,
        "GET",
        path,
      );
      expect(body.count).toBe(125);
      seen.push(...textsOf(body.results));
      path = body.next;
      if (path) expect([path.startsWith("/backend-api/v2/memory/a%20b?"), path.includes("x=1")]).toEqual([true, true]);
      pages++;
    }
    expect(pages).toBe(4);
    expect(seen).toEqual(Array.from({ length: 125 }, (_, index) => `fact ${249 - 2 * index}`));
    const beyond = (await see(app, "a b", { page: "9" })).body;
    expect([beyond.results, beyond.next, beyond.previous]).toEqual([[], null, "/backend-api/v2/memory/a%20b?page=3"]);
    for (const query of ["page=0", "page=x", "page_size=1001", "limit=0"])
      expect((await send(app, "GET", `${pathOf("a b")}?${query}`)).status).toBe(400);
  });

  test("are found by their words, the rarer words first, in any script", async () => {
    await using app = await openApp();
    const facts = [
      "My dog is called Rex",
      "The name of my cat is Tom",
      "My house is green",
      "私は東京に住んでいます",
      "Le café est fermé",
    ];
    await add(app, "ann", { items: facts.map((content) => ({ content })) });
    const found = (await see(app, "ann", { search: "is this my dog?" })).body;
    expect(found[0].memory).toBe("My dog is called Rex");
    expect(found[0].score).toBe(1);
    expect(found.map(({ score }: { score: number }) => score)).toEqual(
      found
        .map(({ score }: { score: number }) => score)
        .toSorted()
        .toReversed(),
    );
    expect(textsOf((await see(app, "ann", { search: "東京" })).body)).toEqual([expect.stringContaining("東京")]);
    expect(textsOf((await see(app, "ann", { search: "CAFE" })).body)).toEqual([expect.stringContaining("café")]);
    expect(textsOf((await see(app, "ann", { search: "my", limit: "2" })).body)).toHaveLength(2);
    expect((await see(app, "ann", { search: "zebra" })).body).toEqual([]);
    expect((await see(app, "ann", { search: "?!" })).body).toEqual([]);
  });

  test("of one owner take no more than they may, and what does not fit leaves nothing behind", async () => {
    await using app = await openApp({ flags: { max_memories: "3000" } });
    expect(
      (await add(app, "ann", { items: Array.from({ length: 8 }, (_, index) => ({ content: `fact ${index}` })) })).body
        .count,
    ).toBe(8);
    const full = await add(app, "bob", {
      items: Array.from({ length: 40 }, (_, index) => ({ content: `fact ${index}` })),
    });
    expect([full.status, full.body.error.code]).toEqual([507, "storage_full"]);
    expect((await see(app, "bob")).body.count).toBe(0);
    expect((await see(app, "bob", { search: "fact" })).body).toEqual([]);
    expect((await send(app, "DELETE", pathOf("ann"))).body).toEqual({ count: 8 });
    expect((await add(app, "bob", { memory: "fits" })).status).toBe(200);
  });
});

describe("conditions on memories", () => {
  const facts = [
    { memory: "a", metadata: { topic: "food", stars: 5, tags: ["Hot", 1], done: true } },
    { memory: "b", metadata: { topic: "Fruit", stars: 3, tags: [] } },
    { memory: "c", metadata: { stars: "5", AND: "x", created_at: "mine", topic: null } },
    { memory: "d", metadata: { 'a.b"c': "Grüße", __proto: 1 }, id: "conv" },
  ];
  const cases: [object, string][] = [
    [{ topic: "food" }, "a"],
    [{ topic: { ne: "food" } }, "dcb"],
    [{ topic: null }, "dc"],
    [{ stars: 5 }, "a"],
    [{ stars: { gte: 3 } }, "ba"],
    [{ stars: { gt: 3, lt: 6 } }, "a"],
    [{ stars: { in: ["5", 3] } }, "cb"],
    [{ stars: { in: [] } }, ""],
    [{ done: true }, "a"],
    [{ done: 1 }, ""],
    [{ topic: { contains: "oo" } }, "a"],
    [{ topic: { contains: "f" } }, "a"],
    [{ topic: { icontains: "f" } }, "ba"],
    [{ tags: { contains: "Hot" } }, "a"],
    [{ tags: { contains: 1 } }, "a"],
    [{ tags: { icontains: "hOT" } }, "a"],
    [{ 'a.b"c': { icontains: "GRÜ" } }, "d"],
    [{ 'a.b"c': { icontains: "r*e" } }, ""],
    [{ conversation_id: "conv" }, "d"],
    [{ conversation_id: null }, "cba"],
    [{ conversation_id: { ne: "conv" } }, "cba"],
    [{ conversation_id: { in: ["conv", null] } }, "dcba"],
    [{ conversation_id: { contains: "on" } }, "d"],
    [{ conversation_id: 5 }, ""],
    [{ metadata: { AND: "x", created_at: "mine" } }, "c"],
    [{ AND: [{ topic: { icontains: "f" } }, { stars: 3 }] }, "b"],
    [{ OR: [{ topic: "food" }, { conversation_id: "conv" }] }, "da"],
    [{ NOT: [{ topic: "food" }, { topic: "Fruit" }] }, "dc"],
    [{ NOT: { AND: [{ topic: "food" }, { stars: 3 }] } }, "dcba"],
    [{ created_at: { gte: "2026-01-02" } }, "dcba"],
    [{ created_at: { gt: "2026-01-02T01:00:00+01:00" } }, ""],
    [{ created_at: { lte: 1767312000 } }, "dcba"],
    [{ created_at: 1767312000000 }, "dcba"],
    [{ updated_at: { lt: "2026-01-02T00:00:00Z" } }, ""],
    [{}, "dcba"],
  ];

  test("let through what they say", async () => {
    await using app = await openApp({ clock: () => Date.UTC(2026, 0, 2) });
    for (const fact of facts) await add(app, "ann", fact);
    for (const [filter, expected] of cases) {
      const { body } = await see(app, "ann", { filters: JSON.stringify(filter) });
      expect([JSON.stringify(filter), body.results && textsOf(body.results).join(""), body.count]).toEqual([
        JSON.stringify(filter),
        expected,
        expected.length,
      ]);
      const found = (await see(app, "ann", { filters: JSON.stringify(filter), search: "a b c d" })).body;
      expect(textsOf(found).toSorted().toReversed().join("")).toBe(expected);
    }
    const both = await see(app, "ann", { filters: '{"stars":{"gte":1}}', metadata: '{"topic":"Fruit"}' });
    expect(textsOf(both.body.results)).toEqual(["b"]);
    expect((await see(app, "ann", { filters: "null", metadata: "" })).body.count).toBe(4);
  });

  test("that are malformed are refused, saying where", async () => {
    await using app = await openApp();
    const deep = "x"
      .repeat(20)
      .split("")
      .reduce<unknown>((inner) => ({ NOT: inner }), { a: 1 });
    for (const [filters, message] of [
      ["{", /^filters: expected JSON/],
      ["[]", /^filters: expected an object/],
      ['"secret"', /^filters: expected an object/],
      ['{"AND":[{"a":{"near":"secret"}}]}', /^filters\.AND\[0\]\.a\.near: expected one of/],
      ['{"OR":[]}', /^filters\.OR: expected at least one/],
      ['{"a":[1]}', /^filters\.a: expected a string/],
      ['{"a":{}}', /^filters\.a: expected a value/],
      ['{"a":{"gt":true}}', /^filters\.a\.gt: expected a number or a string/],
      ['{"a":{"in":"x"}}', /^filters\.a\.in: expected a list/],
      ['{"a":{"icontains":5}}', /^filters\.a\.icontains: expected a text/],
      ['{"created_at":{"gte":"yesterday"}}', /^filters\.created_at\.gte: expected a time/],
      ['{"created_at":{"contains":"2026"}}', /^filters\.created_at\.contains: expected eq/],
      [JSON.stringify({ a: { in: Array.from({ length: 1001 }, () => 1) } }), /at most 1000 values/],
      [JSON.stringify(deep), /at most 16 levels/],
    ] as const) {
      const answer = await see(app, "ann", { filters });
      expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringMatching(message)]);
      expect(JSON.stringify(answer.body)).not.toContain("secret");
    }
    expect((await see(app, "ann", { metadata: '{"a":{"b":1}}' })).body.error.message).toMatch(
      /^metadata\.a\.b: expected one of/,
    );
  });
});
