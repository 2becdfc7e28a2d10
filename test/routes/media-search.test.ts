import { describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { pngOf } from "../support/pictures.ts";

let made = 0;

async function keep({ services: { library } }: TestApp, prompt: string, more: { owner?: string; model?: string } = {}) {
  const about = { owner: "local", model: "maker/flux-1.1-pro", prompt, ...more };
  return (await library.store.save(pngOf(++made), about)).name;
}

const json = { headers: { accept: "application/json" } };

async function list(app: TestApp, path: string) {
  const response = await app.get(`/search/${path}`, json);
  const body = await response.json();
  return response.ok
    ? { total: body.total, names: body.results.map(({ name }: { name: string }) => name), results: body.results }
    : { status: response.status, code: body.error.code };
}

describe("a search among media", () => {
  test("leads to the best match, or lists all", async () => {
    await using app = await openApp();
    const [cat, dog, both] = [
      await keep(app, "a red cat"),
      await keep(app, "a brown dog"),
      await keep(app, "a cat, and a dog"),
    ];
    const answer = await app.get("/search/red+cat", { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, `/media/${cat}`]);
    expect((await app.get("/search/red%20cat")).headers.get("content-type")).toBe("image/png");
    const found = await list(app, "cats+dog");
    expect(found.total).toBe(3);
    expect(found.names[0]).toBe(both);
    expect(found.names.toSorted()).toEqual([both, cat, dog].toSorted());
    expect(found.results[0]).toEqual({
      name: both,
      url: `/media/${both}`,
      thumbnail: `/thumbnail/${both}`,
      type: "image/png",
      width: 8,
      height: 8,
      created: expect.any(Number),
      score: expect.any(Number),
    });
    expect(found.results[0].score).toBeGreaterThan(0);
  });

  test("looks at prompt, model, name and type, and at beginnings of words where no word fits", async () => {
    await using app = await openApp();
    const name = await keep(app, "Ein Löwe im Schnee, 红色的猫在睡觉", { model: "maker/imagen-4" });
    await keep(app, "something else");
    for (const term of ["löwe", "LOWE", "schn", "猫", "的猫", "imagen", "imagen-4", name.slice(-20, -4)])
      expect([term, (await list(app, encodeURIComponent(term))).names]).toEqual([term, [name]]);
    for (const term of ["image/png", "png"]) expect((await list(app, encodeURIComponent(term))).total).toBe(2);
    for (const term of ["sch", "猫的", "zebra"]) {
      const found = await list(app, encodeURIComponent(term));
      expect([term, found.total ?? found.status]).toEqual([term, term === "sch" ? 1 : 404]);
    }
  });

  test("wants as many terms as `min` says", async () => {
    await using app = await openApp();
    const all = await keep(app, "red cat moon");
    await keep(app, "red cat");
    await keep(app, "red");
    expect((await list(app, "red+cat+moon")).total).toBe(3);
    expect((await list(app, "red+cat+moon?min=2")).total).toBe(2);
    expect((await list(app, "red+cat+moon?min=3")).names).toEqual([all]);
    expect(await list(app, "red+cat+zebra?min=3")).toEqual({ status: 404, code: "not_found" });
  });

  test("passes over `skip`, and stops at `limit`", async () => {
    await using app = await openApp();
    for (let count = 0; count < 5; count++) await keep(app, `a cat ${"and so on ".repeat(count)}`);
    const all = (await list(app, "cat")).names;
    expect((await list(app, "cat?skip=1&limit=2")).names).toEqual(all.slice(1, 3));
    const third = await app.get("/search/cat?skip=2", { redirect: "manual" });
    expect(third.headers.get("location")).toBe(`/media/${all[2]}`);
    expect((await list(app, "cat?skip=5")).status).toBe(404);
    for (const wrong of ["skip=-1", "skip=x", "limit=0", "limit=1001", "min=0"])
      expect([wrong, (await list(app, `cat?${wrong}`)).status]).toEqual([wrong, 400]);
  });

  test("picks by chance among the best, the same for the same seed", async () => {
    await using app = await openApp();
    const cats = await Promise.all(Array.from({ length: 20 }, () => keep(app, "a red cat")));
    await keep(app, "a cat");
    const pick = async (random: string) =>
      (await app.get(`/search/red+cat?random=${random}`, { redirect: "manual" })).headers.get("location") ?? "";
    const picked = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const first = await pick(`seed${seed}`);
      expect(await pick(`seed${seed}`)).toBe(first);
      picked.add(first);
    }
    expect(picked.size).toBeGreaterThan(5);
    expect(cats).toContain((await pick("true")).replace("/media/", ""));
    const listed = await list(app, "red+cat?random=x");
    expect(listed.names.toSorted()).toEqual(cats.toSorted());
    expect(`/media/${listed.names[0]}`).toBe(await pick("x"));
  });

  test("finds what has just been made, and nothing of others", async () => {
    await using app = await openApp();
    await keep(app, "a cat", { owner: "ann" });
    for (const term of ["cat", "o616e6eq", "local"]) expect((await list(app, term)).status).toBe(404);
    const name = await keep(app, "a cat of mine");
    expect((await list(app, "cat")).names).toEqual([name]);
  });

  test("takes any text", async () => {
    await using app = await openApp();
    await keep(app, 'a "quoted" cat* (really)');
    const terms = [
      '"',
      '"quoted"',
      "*",
      "cat*",
      "(",
      "NEAR(",
      "^cat",
      "-cat",
      "prompt:cat",
      "a OR b",
      "\0",
      "'",
      ";--",
    ];
    for (const term of [...terms, "cat\0", "💥", "\ud83d", "../../etc/passwd", "x".repeat(4000)]) {
      const answer = await app.get(`/search/${encodeURIComponent(term.toWellFormed())}`, json);
      expect([term, answer.status < 500]).toEqual([term, true]);
    }
    expect((await list(app, encodeURIComponent('"quoted"+cat*'))).total).toBe(1);
    expect((await app.get(`/search/${Array.from({ length: 33 }, (_, index) => `w${index}`).join("+")}`)).status).toBe(
      400,
    );
    expect(app.logged).toEqual([]);
  });
});
