import { afterAll, describe, expect, test } from "bun:test";
import { openConverter } from "../support/converter.ts";
import { listDocuments, listKinds, overlap, textOf, type CorpusDocument } from "../support/corpus.ts";

const converter = openConverter();
afterAll(() => converter[Symbol.dispose]());

/** Of words, and of neighbours among them: a reference may read a table by its columns. */
const minMedians = { words: 0.95, pairs: 0.9 };
/** Of any one document, so that none hides behind the median. */
const minWords = 0.9;

interface Row {
  readonly name: string;
  readonly words: number;
  readonly pairs: number;
}

async function compare({ kind, name, content, reference }: CorpusDocument): Promise<Row> {
  const [told] = await converter.convert(name, content);
  if (!told || !("text" in told) || reference === undefined)
    throw new Error(`${kind}/${name}: ${JSON.stringify(told)}`);
  const text = textOf(kind, told.text);
  return { name, words: overlap(text, reference), pairs: overlap(text, reference, 2) };
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

describe.each(listKinds())("%s", (kind) => {
  const documents = listDocuments(kind);
  const silent = documents.filter(({ reference }) => reference === undefined);

  test("documents say what a reference conversion finds in them", async () => {
    expect(documents.length).toBeGreaterThanOrEqual(10);
    const speaking = documents.filter((each) => !silent.includes(each));
    const rows = await Promise.all(speaking.map(compare));
    const medians = { words: medianOf(rows.map((row) => row.words)), pairs: medianOf(rows.map((row) => row.pairs)) };
    const isSame = medians.words >= minMedians.words && medians.pairs >= minMedians.pairs;
    if (isSame && rows.every(({ words }) => words >= minWords)) return;
    const lines = [{ name: "MEDIAN", ...medians }, ...rows.toSorted((one, other) => one.words - other.words)];
    throw new Error(lines.map((row) => `${row.words.toFixed(3)} ${row.pairs.toFixed(3)} ${row.name}`).join("\n"));
  });

  if (silent.length > 0)
    test("documents of pictures alone say that they have no text", async () => {
      for (const { name, content } of silent) {
        const [told] = await converter.convert(name, content);
        expect(told).toMatchObject({ name, reason: expect.stringContaining("no text") });
      }
    });
});

test("what is encrypted says so", async () => {
  for (const { name, content } of listDocuments("encrypted")) {
    const [told, ...others] = await converter.convert(name, content);
    expect([name, told, others]).toEqual([name, expect.objectContaining({ reason: encryptedReason }), []]);
  }
});

const encryptedReason = expect.stringContaining("encrypted");
