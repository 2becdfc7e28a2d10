import { afterAll, expect, test } from "bun:test";
import { extname } from "node:path";
import { bombs } from "../support/bombs.ts";
import { openConverter, type Told } from "../support/converter.ts";
import { listDocuments } from "../support/corpus.ts";
import {
  behead,
  between,
  damageMember,
  doubleBlock,
  flipBits,
  loseMember,
  swapBlocks,
  truncate,
  zeroBlock,
  type Damage,
} from "../support/damage.ts";
import { createRandom } from "../support/random.ts";

interface Upload {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** Two at a time, one after the other, in one server that lives through them all. */
const converter = openConverter();
const impatient = openConverter({ timeoutMs: 5000 });
afterAll(() => {
  converter[Symbol.dispose]();
  impatient[Symbol.dispose]();
});

async function convertAll(uploads: readonly Upload[], by = converter): Promise<readonly (readonly Told[])[]> {
  const before = by.leftovers().length;
  const all = await Promise.all(uploads.map(({ name, content }) => by.convert(name, content)));
  const kept = all.flatMap((told, index) => told.filter((each) => isOfFolder(each, uploads[index]!)));
  expect(by.leftovers().length - before).toBe(kept.length);
  for (const [index, told] of all.entries()) assertAnswered(uploads[index]!.name, told);
  return all;
}

/** Media that came by themselves stay where they were uploaded. */
const isOfFolder = (told: Told, upload: Upload) => "text" in told || ("content" in told && told.name !== upload.name);

const inner =
  /\/(tmp|home|root|usr|var|etc)\b|\$bunfs|\b\w+\.[jt]s\b|node_modules|\bat \S+:\d|undefined|\[object|\b[A-Z]\w*Error\b|root:x:/;

function assertAnswered(name: string, told: readonly Told[]): void {
  expect([name, told.length]).not.toEqual([name, 0]);
  for (const each of told) {
    if ("text" in each) expect([name, each.text]).toEqual([name, expect.not.stringContaining("root:x:")]);
    if (!("reason" in each)) continue;
    expect([name, each.reason]).toEqual([name, expect.stringMatching(/^\w.{5,200}$/)]);
    expect([name, each.reason]).toEqual([name, expect.not.stringMatching(inner)]);
  }
}

const packed = ["docx", "pptx", "xlsx", "odt", "ods", "odp", "epub"];
const formats = [...packed, "pdf", "html", "eml", "csv", "txt"];
const small = new Map(
  formats.map((kind) => [kind, listDocuments(kind).filter(({ content }) => content.length < 70_000)]),
);

/** As many uploads, of each format in turn, each from a document that the seed decides. */
function damageEach(kinds: readonly string[], count: number, seed: number, damage: Damage): readonly Upload[] {
  const draw = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const documents = small.get(kinds[index % kinds.length]!)!;
    const { name, content } = documents[between(draw, 0, documents.length)]!;
    return { name: `${index} ${name}`, content: damage(content, draw) };
  });
}

/** Each document under another's extension. */
function misname(count: number, seed: number): readonly Upload[] {
  const uploads = damageEach([...packed, "pdf"], count, seed, (content) => content);
  const draw = createRandom(seed);
  return uploads.map(({ name, content }) => ({
    name: `${name}.${formats[between(draw, 0, formats.length)]}`,
    content,
  }));
}

/** What a format's files begin with, and then nothing of it. */
function begin(count: number, seed: number): readonly Upload[] {
  const draw = createRandom(seed);
  return damageEach(formats, count, seed, (content) => {
    const noise = Uint8Array.from({ length: between(draw, 0, 5000) }, () => between(draw, 0, 256));
    return Buffer.concat([content.subarray(0, between(draw, 0, 64)), noise]);
  });
}

const damages: readonly (readonly [what: string, uploads: readonly Upload[]])[] = [
  ["cut off at the end", damageEach(formats, 96, 1, truncate)],
  ["cut off at the beginning", damageEach(formats, 24, 2, behead)],
  ["with bits turned over", damageEach(formats, 96, 3, flipBits)],
  ["with a block of zeros", damageEach(formats, 24, 4, zeroBlock)],
  ["with a block twice", damageEach(formats, 24, 5, doubleBlock)],
  ["with blocks in another order", damageEach(formats, 24, 6, swapBlocks)],
  ["with bits turned over in a member", damageEach(packed, 28, 7, damageMember(flipBits))],
  ["with a member cut off", damageEach(packed, 28, 8, damageMember(truncate))],
  ["with a member missing", damageEach(packed, 21, 9, loseMember)],
  ["of which only the beginning is true", begin(24, 10)],
];
const misnamed = misname(24, 11);

const textOf = (told: Told) => ("text" in told ? told.text : "reason" in told ? told.reason : told.type);

/** None takes a tenth of it where nothing else runs. */
const patienceMs = 300_000;

test.each(damages)(
  "files %s become text, or say why not",
  async (_, uploads) => {
    await convertAll(uploads);
  },
  patienceMs,
);

test(
  "a wrong extension takes nothing away",
  async () => {
    const rightly = misnamed.map(({ name, content }) => ({ name: name.slice(0, -extname(name).length), content }));
    const [texts, others] = [await convertAll(rightly), await convertAll(misnamed)].map((all) =>
      all.flat().map(textOf),
    );
    expect(misnamed.filter((_, index) => texts?.[index] !== others?.[index]).map(({ name }) => name)).toEqual([]);
  },
  patienceMs,
);

test(
  "what is small and made to cost much costs no more than its limits",
  async () => {
    await convertAll(bombs, impatient);
  },
  patienceMs,
);

test("whoever converted all that converts on", async () => {
  for (const each of [converter, impatient])
    expect(await each.convert("note.txt", "It goes on.")).toEqual([{ name: "note.txt", text: "It goes on." }]);
});

test("five hundred have been tried", () => {
  const count = damages.reduce((sum, [, uploads]) => sum + uploads.length, misnamed.length + bombs.length);
  expect(count + listDocuments("encrypted").length).toBeGreaterThanOrEqual(500);
});
