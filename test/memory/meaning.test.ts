import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { utcDay } from "../../src/lib/clock.ts";
import { localCaller } from "../../src/protocol/caller.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { makeKey } from "../support/keys.ts";
import { answer, openaiText, openUpstream, type RecordedRequest, type Step } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const path = "/backend-api/v2/memory/ann";
const add = async (app: TestApp, ...facts: string[]) => {
  const items = facts.map((content) => ({ content }));
  const response = await app.get(path, { method: "POST", body: JSON.stringify({ items }) });
  expect(response.status).toBe(200);
};
const search = async (app: TestApp, text: string, more = ""): Promise<{ memory: string; score: number }[]> =>
  (await app.get(`${path}?search=${encodeURIComponent(text)}${more}`)).json();
const namesOf = (found: readonly { memory: string }[]) => found.map(({ memory }) => memory);

/** What a text means here: a direction for each subject, by whichever of its words the text has. */
const subjects = [/\b(dog|puppy|pet|rex)\b/i, /\b(car|vehicle|drive)\b/i, /\b(soup|meal|eat)\b/i];
const toVector = (text: string, length = 64) =>
  Array.from({ length }, (_, index) => (subjects[index % 4]?.test(text) ? 1 : 0.01) * (index % 7 < 4 ? 1 : -1));

const inputOf = ({ body }: RecordedRequest): string[] => JSON.parse(body).input;
const toVectors = (texts: readonly string[]): Step[] =>
  answer(200, {
    data: texts.map((text, index) => ({ index, embedding: toVector(text) })),
    usage: { prompt_tokens: texts.length },
  });
const embedding = (request: RecordedRequest) => toVectors(inputOf(request));

type Providers = Parameters<typeof providerYaml>;
const yamlOf = (settings: object, ...providers: Providers) =>
  Bun.YAML.stringify({ ...(Bun.YAML.parse(providerYaml(...providers)) as object), ...settings });
/** One provider that reads memories. */
const reading = (origin: string) =>
  yamlOf({ memory_embeddings: "A/text-embed-1" }, { name: "A", origin, models: ["text-embed-1", "m"] });

/** What vendors want money for. */
function usageOf(app: TestApp): { model: string; tokens: number; rows: number }[] {
  using database = new Database(join(app.services.config.data_dir, "parley.db"), { readonly: true });
  return database
    .query<{ model: string; tokens: number; rows: number }, []>(
      "SELECT model, sum(total_tokens) AS tokens, count(*) AS rows FROM usage GROUP BY model",
    )
    .all();
}

/** Whether the models have read what there is. */
const isRead =
  (app: TestApp, model = "A/text-embed-1") =>
  async () =>
    (await app.services.store.memoryVectors.listUnread(model, 1)).length === 0;

const facts = ["Rex is a puppy", "Owns a red vehicle", "Likes a warm meal"];

describe("memories that a model has read", () => {
  test("are found by what they mean, without a word in common", async () => {
    using upstream = openUpstream(embedding);
    await using app = await openApp({ yaml: reading(upstream.origin) });
    await add(app, ...facts);
    await until(isRead(app));
    expect(namesOf(await search(app, "dog")).at(0)).toBe("Rex is a puppy");
    expect(namesOf(await search(app, "something to drive")).at(0)).toBe("Owns a red vehicle");
    expect(namesOf(await search(app, "eat", "&limit=1"))).toEqual(["Likes a warm meal"]);
    const filters = encodeURIComponent('{"created_at":{"lt":"2020-01-01"}}');
    expect(await search(app, "eat", `&filters=${filters}`)).toEqual([]);
  });

  test("are first where both ways of looking put them first, and beside each other where only one does", async () => {
    using upstream = openUpstream(embedding);
    await using app = await openApp({ yaml: reading(upstream.origin) });
    await add(app, "The dog sleeps", "A soup of the day", "A puppy sleeps");
    await until(isRead(app));
    const found = await search(app, "dog");
    expect(found[0]).toMatchObject({ memory: "The dog sleeps" });
    expect(found.map(({ memory }) => memory)).toContain("A puppy sleeps");
    for (const { score } of found) expect(score > 0 && score <= 1).toBe(true);
  });

  test("and that are changed or removed are read anew, or found no more", async () => {
    using upstream = openUpstream(embedding);
    await using app = await openApp({ yaml: reading(upstream.origin) });
    await add(app, ...facts);
    await until(isRead(app));
    const [dog] = await (await app.get(`${path}?search=puppy`)).json();
    await app.get(`${path}/${dog.id}`, { method: "PATCH", body: JSON.stringify({ memory: "Sold the vehicle" }) });
    await until(isRead(app));
    expect(namesOf(await search(app, "drive", "&limit=2")).toSorted()).toEqual([
      "Owns a red vehicle",
      "Sold the vehicle",
    ]);
    await app.get(`${path}/${dog.id}`, { method: "DELETE" });
    expect(namesOf(await search(app, "drive", "&limit=1"))).toEqual(["Owns a red vehicle"]);
    await app.get(path, { method: "DELETE" });
    expect(await search(app, "drive")).toEqual([]);
  });

  test("are read anew by another model, and never compared with the first one's vectors", async () => {
    using upstream = openUpstream(embedding);
    await using app = await openApp({ yaml: reading(upstream.origin) });
    await add(app, ...facts);
    await until(isRead(app));
    const { vector, model } = { vector: Float32Array.from(toVector("dog", 32)), model: "A/other" };
    const asked = { owner: "local", userId: "ann", terms: [], filter: undefined, limit: 10 };
    expect(await app.services.store.memories.search({ ...asked, meaning: { model, vector } })).toEqual([]);
    const unread = await app.services.store.memoryVectors.listUnread(model, 10);
    expect(unread).toHaveLength(3);
    await app.services.store.memoryVectors.save(
      model,
      unread.map((each) => ({ ...each, vector: toVector(each.text, 32) })),
    );
    const [first] = await app.services.store.memories.search({ ...asked, meaning: { model, vector } });
    expect(first?.text).toContain("puppy");
  });

  test("are read though one of them is refused, and after a failure once more", async () => {
    using upstream = openUpstream((request, count) => {
      if (count === 1) return answer(503, { error: { message: "later" } });
      const texts = inputOf(request);
      return texts.some((text) => text.includes("bad")) ? answer(400, { error: { message: "no" } }) : toVectors(texts);
    });
    await using app = await openApp({ yaml: reading(upstream.origin) });
    await add(app, ...facts, "a bad text");
    await until(isRead(app));
    expect(namesOf(await search(app, "dog", "&limit=1"))).toEqual(["Rex is a puppy"]);
    expect(namesOf(await search(app, "bad")).includes("a bad text")).toBe(true);
    expect(app.logged.join()).toContain("memories could not be read by meaning");
    expect(app.logged.join()).toContain(`"memory_embeddings":`);
  });

  test("leave rows of usage, with what they cost", async () => {
    using upstream = openUpstream(embedding);
    const prices = [{ model: "text-embed-1", input: 2, output: 0 }];
    await using app = await openApp({
      yaml: yamlOf(
        { memory_embeddings: "A/text-embed-1", prices },
        { name: "A", origin: upstream.origin, models: ["text-embed-1", "m"] },
      ),
    });
    await add(app, ...facts);
    await until(isRead(app));
    await search(app, "dog");
    await until(() => usageOf(app)[0]?.tokens === 4);
    expect(usageOf(app)).toEqual([{ model: "text-embed-1", tokens: 4, rows: 2 }]);
    const { totals } = await (await app.get("/backend-api/v2/stats")).json();
    expect(totals).toMatchObject({ total_tokens: 4, cost: 0.000008 });
  });

  test("are asked for on the budget of who looks for them, and found by their words once it is spent", async () => {
    using upstream = openUpstream(embedding);
    await using app = await openApp({ yaml: reading(upstream.origin) });
    const { id: key_id, headers } = await makeKey(app, "ann", { tokens_per_day: 1 });
    const body = JSON.stringify({ items: facts.map((content) => ({ content })) });
    expect((await app.get(path, { method: "POST", headers, body })).status).toBe(200);
    await until(isRead(app));
    const day = { key_id, day: utcDay(Date.now()) };
    const used = async () => (await app.services.store.budgets.get(day)).tokens;
    expect(await used()).toBe(0);
    const find = async (text: string) => namesOf(await (await app.get(`${path}?search=${text}`, { headers })).json());
    expect((await find("dog"))[0]).toBe("Rex is a puppy");
    await until(async () => (await used()) === 1);
    const asked = upstream.requests.length;
    expect([await find("dog"), await find("rex")]).toEqual([[], ["Rex is a puppy"]]);
    expect(upstream.requests.length).toBe(asked);
  });
});

test("no memory leaves the machine before somebody is named who may read it", async () => {
  using upstream = openUpstream(embedding);
  await using app = await openApp({
    yaml: providerYaml({ name: "A", origin: upstream.origin, models: ["text-embed-1"] }),
  });
  await add(app, ...facts);
  expect(namesOf(await search(app, "puppy"))).toEqual(["Rex is a puppy"]);
  expect(upstream.requests).toEqual([]);
});

test("a provider is named as people write it, and memories are read once", async () => {
  using upstream = openUpstream(embedding);
  const providers = { name: "A", origin: upstream.origin, models: ["text-embed-1"] };
  await using app = await openApp({ yaml: yamlOf({ memory_embeddings: "a/text-embed-1" }, providers) });
  await add(app, ...facts);
  await until(isRead(app));
  await search(app, "dog");
  expect(upstream.requests.map(inputOf)).toEqual([facts, ["dog"]]);
});

test("with auto the first provider that has such a model reads them", async () => {
  using none = openUpstream(() => ["close"]);
  using upstream = openUpstream(embedding);
  const yaml = yamlOf(
    { memory_embeddings: "auto" },
    { name: "None", origin: none.origin, models: ["m"] },
    { name: "A", origin: upstream.origin, models: ["m", "text-embed-1"] },
  );
  await using app = await openApp({ yaml });
  await add(app, ...facts);
  await until(isRead(app));
  expect(namesOf(await search(app, "dog")).at(0)).toBe("Rex is a puppy");
  expect(none.requests).toEqual([]);
});

describe("what a conversation is given", () => {
  const { signal } = new AbortController();

  test("are the best matches, and by words alone where nobody says soon what the question means", async () => {
    using upstream = openUpstream((request) => (inputOf(request)[0] === "a puppy?" ? ["hang"] : embedding(request)));
    await using app = await openApp({ yaml: reading(upstream.origin) });
    const { memory } = app.services;
    await add(app, ...facts);
    await until(isRead(app));
    expect(namesOf(await memory.recall(localCaller, "ann", "may I eat?", signal)).at(0)).toBe("Likes a warm meal");
    expect(namesOf(await memory.recall(localCaller, "ann", "a puppy?", signal)).at(0)).toBe("Rex is a puppy");
    expect(await memory.recall(localCaller, "bob", "a puppy?", signal)).toEqual([]);
    expect(await memory.recall(localCaller, "ann", "", signal)).toEqual([]);
  });

  const facing = (said: string) => [
    { role: "user" as const, content: said },
    { role: "assistant" as const, content: "I see." },
  ];

  test("is learnt from it by a model, once, and only where the settings say so", async () => {
    const told = [
      '```json\n["The user lives in Rome", "the user LIVES in Rome.", {"fact":"The user has a cat"}]\n```',
      '["The user has a cat", "The user is called Ann"]',
    ];
    using upstream = openUpstream((_, count) => openaiText(told[count - 1] ?? "[]"));
    const yaml = (settings: object) => yamlOf(settings, { name: "A", origin: upstream.origin });
    {
      await using off = await openApp({ yaml: yaml({ memory_model: "A/m" }) });
      await off.services.memory.extract(localCaller, "ann", facing("I live in Rome"), signal);
      expect(upstream.requests).toEqual([]);
    }
    await using app = await openApp({ yaml: yaml({ memory_extract: true }) });
    const { memory } = app.services;
    await memory.extract(localCaller, "ann", facing("I live in Rome, with my cat"), signal, {
      provider: "A",
      model: "m",
    });
    await memory.extract(localCaller, "ann", facing("I am Ann, the user with a cat"), signal, {
      provider: "A",
      model: "m",
    });
    const { memories } = await memory.list("local", "ann", { page: 1, size: 10 });
    expect(namesOf(memories)).toEqual(["The user is called Ann", "The user has a cat", "The user lives in Rome"]);
    expect(memories[0]?.metadata).toEqual({ source: "extracted" });
    expect(upstream.requests[1]?.body).toContain("- The user has a cat");
    expect(usageOf(app)).toMatchObject([{ model: "m", rows: 2 }]);
  });

  test("is nothing where the model answers nonsense or fails, and nobody is told but the log", async () => {
    using upstream = openUpstream((_, count) =>
      count === 1 ? openaiText("I found nothing.") : answer(400, { error: { message: "secret" } }),
    );
    await using app = await openApp({
      yaml: yamlOf({ memory_extract: true, memory_model: "A/m" }, { name: "A", origin: upstream.origin }),
    });
    await app.services.memory.extract(localCaller, "ann", facing("Hello"), signal);
    await app.services.memory.extract(localCaller, "ann", facing("Hello"), signal);
    expect((await app.services.memory.list("local", "ann", { page: 1, size: 10 })).count).toBe(0);
    expect(app.logged.join()).toContain("facts could not be found in an exchange");
    expect(app.logged.join()).not.toContain("Hello");
  });
});
