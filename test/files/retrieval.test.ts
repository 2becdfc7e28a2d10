import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRetrieval, type Retrieval } from "../../src/files/retrieval.ts";
import { createLog } from "../../src/lib/log.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-retrieval-"));
afterAll(() => rmSync(folder, { recursive: true }));

const logged: string[] = [];
const log = createLog({ level: "info", secrets: [], pretty: false, write: (line) => void logged.push(line) });
const open = (name: string, buckets: readonly string[] = []) =>
  openRetrieval({ path: join(folder, name), buckets: async () => new Set(buckets), log });

async function document(name: string, text: string) {
  const path = join(folder, `${name}.md`);
  await Bun.write(path, text);
  return { blob: name, name: `${name}.md`, path };
}

/** The texts of what is found. */
async function found(
  retrieval: Retrieval,
  bucket: string,
  files: Awaited<ReturnType<typeof document>>[],
  words: string,
) {
  const { chunks, count } = await retrieval.search(bucket, files, words, 3);
  const texts = await Promise.all(
    chunks.map(async ({ blob, start, length }) => {
      const file = files.find((each) => each.blob === blob);
      return (await Bun.file(file?.path ?? "").bytes()).subarray(start, start + length);
    }),
  );
  return {
    texts: texts.map((bytes) => Buffer.from(bytes).toString().trim()),
    places: chunks.map(({ place }) => place),
    count,
  };
}

describe("retrieval", () => {
  let zoo: Awaited<ReturnType<typeof document>>;
  beforeAll(async () => {
    const page = (number: number, text: string) => `<!-- Page ${number} -->\n${text}\n`;
    zoo = await document(
      "zoo",
      page(1, "The elephants are fed at noon.") +
        page(2, "Größe der Löwen: 120 cm.") +
        page(3, "熊猫每天吃竹子。") +
        page(4, "الأسد ملك الغابة"),
    );
  });

  test("finds the piece that a question is about, in any script, with its page", async () => {
    await using retrieval = open("scripts.db");
    const ask = async (words: string) => {
      const { texts, places } = await found(retrieval, "b1", [zoo], words);
      return [texts[0], places[0]];
    };
    expect(await ask("When is an elephant fed?")).toEqual(["The elephants are fed at noon.", "page 1"]);
    expect(await ask("wie groß? grosse loewen größe")).toEqual(["Größe der Löwen: 120 cm.", "page 2"]);
    expect(await ask("熊猫吃什么?")).toEqual(["熊猫每天吃竹子。", "page 3"]);
    expect(await ask("ملك")).toEqual(["الأسد ملك الغابة", "page 4"]);
  });

  test("finds a document by its name, and says under which heading a piece stands", async () => {
    await using retrieval = open("named.db");
    const minutes = await document("minutes", "# Item 2 --> roof\n\nThe roof is mended in May.");
    const { texts, places } = await found(retrieval, "b1", [zoo, minutes], "What is in the minutes?");
    expect([texts[0], places[0]]).toEqual(["# Item 2 --> roof\n\nThe roof is mended in May.", "Item 2 roof"]);
  });

  test("gives the beginnings where no word fits, and takes any text for a question", async () => {
    await using retrieval = open("any.db");
    for (const words of ["sum this up", "", '"', "NEAR(a b) OR * ^ - : ( {", "\0", "bucket: b2", "\ud800"]) {
      const { texts, count } = await found(retrieval, "b1", [zoo], words);
      expect([texts[0], count]).toEqual(["The elephants are fed at noon.", 4]);
    }
  });

  test("keeps buckets apart, and forgets one that is removed", async () => {
    await using retrieval = open("apart.db");
    const secret = await document("secret", "The password is elephant.");
    expect((await found(retrieval, "b2", [secret], "elephant")).texts).toEqual(["The password is elephant."]);
    expect((await found(retrieval, "b1", [zoo], "password elephant")).texts[0]).toBe("The elephants are fed at noon.");
    retrieval.remove("b2");
    expect((await retrieval.search("b2", [], "elephant", 3)).count).toBe(0);
    expect((await found(retrieval, "b1", [zoo], "elephant")).count).toBe(4);
  });

  test("keeps nothing of a bucket that is removed while it is indexed, and calls that no failure", async () => {
    const pages = Array.from({ length: 5000 }, (_, n) => `<!-- Page ${n} -->\nword${n}\n`).join("");
    const [large, next] = [await document("large", pages), await document("next", "next")];
    {
      await using retrieval = open("removed.db");
      await found(retrieval, "b1", [zoo], "x");
      retrieval.index("b2", [large, next]);
      const isBegun = async () => (await retrieval.search("b2", [], "word1", 1)).count > 0;
      while (!(await isBegun()));
      await Bun.file(next.path).delete();
      retrieval.remove("b2");
      // As long as the other, so that what was begun of that is over as well.
      const third = await document("third", pages);
      expect((await found(retrieval, "b3", [third], "word4999")).texts[0]).toBe("word4999");
    }
    await using retrieval = open("removed.db", ["b1", "b2", "b3"]);
    expect((await retrieval.search("b2", [], "word1", 1)).count).toBe(0);
    expect(logged.join("")).not.toContain("could not be written");
  });

  test("indexes a document once, however many ask at the same time", async () => {
    await using retrieval = open("once.db");
    retrieval.index("b1", [zoo]);
    const all = await Promise.all(Array.from({ length: 10 }, () => found(retrieval, "b1", [zoo], "elephants")));
    expect(new Set(all.map(({ count }) => count))).toEqual(new Set([4]));
  });

  test("that another server keeps waiting is asked again later, and its index is left alone", async () => {
    {
      await using retrieval = open("busy.db");
      await found(retrieval, "b1", [zoo], "x");
    }
    using other = new Database(join(folder, "busy.db"));
    other.run("BEGIN IMMEDIATE");
    await using retrieval = open("busy.db", ["b1"]);
    await expect(retrieval.search("b1", [], "elephants", 3)).rejects.toThrow("locked");
    expect(other.query("SELECT count(*) AS count FROM chunks WHERE bucket = 'b1'").get()).toEqual({ count: 4 });
    other.run("COMMIT");
    expect((await retrieval.search("b1", [], "elephants", 3)).count).toBe(4);
    expect(logged.join("")).not.toContain("made anew");
  });

  test("mends a file that is damaged while it is open", async () => {
    await using retrieval = open("damaged.db");
    // Each word once, so that what is asked for lies where SQLite has not looked.
    const words = Array.from({ length: 300_000 }, (_, n) => `w${(n * 7919) % 300_000}${n % 50 === 0 ? "\n\n" : " "}`);
    const book = await document("damaged", words.join(""));
    const { count } = await retrieval.search("b4", [book], "w1", 3);
    for (const end of ["", "-wal"]) {
      const path = join(folder, `damaged.db${end}`);
      writeFileSync(path, Buffer.alloc(statSync(path).size, 7), { flag: "r+" });
    }
    logged.length = 0;
    const many = Array.from({ length: 100 }, (_, n) => `w${n * 2999}`).join(" ");
    const answers = await Promise.all(Array.from({ length: 5 }, () => retrieval.search("b4", [book], many, 3)));
    expect(answers.map((each) => [each.count, each.chunks.length])).toEqual(answers.map(() => [count, 3]));
    expect(logged.filter((line) => line.includes("made anew"))).toHaveLength(1);
  });

  test("leaves nobody waiting who still asks when it is closed, as where its file is made anew", async () => {
    const retrieval = open("closed.db");
    const words = Array.from({ length: 100_000 }, (_, n) => `w${n}`).join("\n\n");
    const books = await Promise.all(Array.from({ length: 20 }, (_, n) => document(`closed-${n}`, words)));
    await retrieval.search("b1", [zoo], "elephants", 3);
    const searching = books.map((book) => retrieval.search("b2", [book], "w1", 3));
    // Once this is answered the readings have begun.
    await retrieval.search("b1", [zoo], "elephants", 3);
    const [ended] = await Promise.all([Promise.allSettled(searching), retrieval[Symbol.asyncDispose]()]);
    expect(ended.map(({ status }) => status)).toContain("rejected");
  });

  test("remembers over a restart, forgets buckets that are gone, and mends a broken file", async () => {
    {
      await using retrieval = open("kept.db");
      await found(retrieval, "b1", [zoo], "x");
      await found(retrieval, "b2", [await document("other", "other")], "x");
    }
    {
      await using retrieval = open("kept.db", ["b1"]);
      expect((await retrieval.search("b1", [], "elephants", 3)).count).toBe(4);
      expect((await retrieval.search("b2", [], "other", 3)).count).toBe(0);
    }
    await Bun.write(join(folder, "kept.db"), "no database");
    await using retrieval = open("kept.db", ["b1"]);
    expect((await found(retrieval, "b1", [zoo], "elephants")).texts[0]).toBe("The elephants are fed at noon.");
    expect(logged.join("")).toContain("made anew");
  });
});

test("an index that is closed is not opened again by who comes late", async () => {
  for (const isUsed of [true, false]) {
    const name = `closed-${isUsed}.db`;
    const retrieval = open(name, ["b"]);
    if (isUsed) await retrieval.search("b", [], "words", 1);
    await retrieval[Symbol.asyncDispose]();
    rmSync(join(folder, name), { force: true });
    retrieval.remove("b");
    const late = retrieval.search("b", [], "words", 1).catch((thrown: unknown) => String(thrown));
    expect(await late).toBe("Error: the index of documents was closed");
    expect(await Bun.file(join(folder, name)).exists()).toBe(false);
  }
});
