import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toIndexed, toMatch, toTerms } from "../../src/store/full-text.ts";

function openIndex(...texts: readonly string[]) {
  const database = new Database(":memory:");
  database.run(
    `CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'")`,
  );
  for (const text of texts) database.run("INSERT INTO t VALUES (?)", [toIndexed(text)]);
  const match = database.query<{ rowid: number }, [string]>("SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t)");
  return { find: (query: string) => match.all(query).map(({ rowid }) => rowid) };
}

/** Whether a search for each of the terms finds the text. */
function expectFound(text: string, ...terms: readonly string[]) {
  const index = openIndex(text);
  expect(terms.filter((term) => index.find(toMatch([term], { of: "any" })).length === 0)).toEqual([]);
}

describe("a full-text index", () => {
  test("finds words as people write them", () => {
    expectFound("Two cats, walking: naïve_Ångström v1.5-turbo", "cat", "walks", "naive", "ANGSTROM", "v1.5", "turbo");
    expectFound("ﬁnal ＡＢＣ cafe\u0301", "final", "abc", "café");
    expectFound("हिन्दी भाषा", "हिन्दी", "भाषा");
    expectFound("كِتَابٌ كبـــير", "كتاب", "كبير");
    expectFound("שָׁלוֹם", "שלום");
  });

  test("finds any part of a run without spaces, and no other order of its letters", () => {
    expectFound("中华人民共和国的猫", "人民", "共和国", "猫", "民共");
    expectFound("東京タワーとコーヒー", "タワー", "コーヒー", "東京");
    expectFound("서울대학교에서", "대학교", "서울");
    expectFound("ฉันกินข้าวผัด", "กินข้าว", "ข้าวผัด");
    expectFound("iPhone手机很好", "iphone", "手机");
    expect(openIndex("中华人民").find(toMatch(["民人"], { of: "any" }))).toEqual([]);
  });

  test("finds the beginnings of words where it is asked to, whole words first", () => {
    const index = openIndex("a catalogue of catalogues", "one cat among many other things", "a dog");
    expect(index.find(toMatch(["cat"], { of: "any" }))).toEqual([2]);
    expect(index.find(toMatch(["cat"], { of: "any", isOpen: true }))).toEqual([2, 1]);
    expect(index.find(toMatch(["ca"], { of: "any", isOpen: true }))).toEqual([]);
  });

  test("finds rows with all terms or with any, and a term of several words as a phrase", () => {
    const index = openIndex("a red cat", "a cat, red with anger", "a dog");
    expect(index.find(toMatch(["red", "cat"], { of: "all" })).sort()).toEqual([1, 2]);
    expect(index.find(toMatch(["dog", "zebra"], { of: "any" }))).toEqual([3]);
    expect(index.find(toMatch(["dog", "zebra"], { of: "all" }))).toEqual([]);
    expect(index.find(toMatch(["red cat"], { of: "all" }))).toEqual([1]);
  });

  test("takes any text as a term", () => {
    const index = openIndex("a red cat");
    const hostile = [
      '"',
      '""',
      "*",
      "a OR",
      "NEAR(",
      "^",
      "\0",
      "cat\0",
      "-",
      "text:",
      "(",
      "''",
      "\ud800",
      "{",
      "+",
      "",
    ];
    for (const isOpen of [false, true]) {
      for (const term of hostile) expect(index.find(toMatch([term], { of: "any", isOpen }))).toBeArray();
      const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom(...hostile));
      fc.assert(
        fc.property(fc.array(text, { maxLength: 5 }), fc.constantFrom("all", "any"), (terms, of) => {
          index.find(toMatch(terms, { of, isOpen }));
        }),
        { numRuns: 1000 },
      );
    }
    expect(index.find(toMatch(Array(2000).fill("zebra"), { of: "any" }))).toEqual([]);
    expect(index.find(toMatch(["?!"], { of: "any" }))).toEqual([]);
    expect(index.find(toMatch(["?!", "cat"], { of: "all" }))).toEqual([1]);
  });

  test("is asked a question by its words, and in pairs where there are no spaces", () => {
    expect(toTerms("What is the cat's name? The cat!")).toEqual(["what", "is", "the", "cat", "s", "name"]);
    expect(toTerms("人民共和国？")).toEqual(["人民", "民共", "共和", "和国"]);
    expect(toTerms("iPhone手机, 猫")).toEqual(["iphone", "手机", "猫"]);
    expect(toTerms(" \0?!")).toEqual([]);
    const index = openIndex("关于中华人民共和国的历史", "猫");
    expect(index.find(toMatch(toTerms("共和国是什么？"), { of: "any" }))).toEqual([1]);
  });
});
