/**
 * What media cost, against floors in the same run: `bun test/bench/media.ts`. A search among ten thousand against the
 * smallest route there is; a file of 100 MB, whole and in ranges, against Bun.serve with the same file.
 */
import { randomFillSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/index.ts";
import { file, openBench } from "./processes.ts";

const mediaCount = 10_000;
const fileBytes = 100 * 1024 * 1024;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const words =
  "red green blue cat dog house moon tree river mountain city night portrait watercolour oil painting photo cinematic light fox owl dragon castle robot space ocean storm forest bridge train flower garden old young woman man child king queen knight ship".split(
    " ",
  );
const word = () => words[Math.floor(Math.random() * words.length)] ?? "";

/** Rows as runs leave them, without their files; and one sound with its file. */
async function fill(directory: string): Promise<string> {
  await using store = openStore(directory);
  const common = { owner: "local", bytes: 1000, width: 1024, height: 1024, provider: "", model: "maker/flux-1.1-pro" };
  const rows = Array.from({ length: mediaCount }, (_, index) => {
    const prompt = `${Array.from({ length: 12 }, word).join(" ")} number${index % 3000}`;
    const name = `${1_795_332_166 + index}_flux-1.1-pro+${prompt.replaceAll(" ", "_").slice(0, 48)}_${index}.png`;
    return {
      ...common,
      name,
      hash: `hash${index}`,
      type: index % 10 ? "image/png" : "video/mp4",
      prompt,
      created_at: index,
    };
  });
  await Promise.all(rows.map((row) => store.media.insert(row)));
  const sound = randomFillSync(Buffer.alloc(fileBytes));
  await store.blobs.save("sound", sound);
  const row = {
    ...common,
    name: "sound.wav",
    hash: "sound",
    type: "audio/wav",
    bytes: fileBytes,
    prompt: "",
    created_at: 0,
  };
  return store.blobs.path((await store.media.insert(row)).hash);
}

async function time(ask: () => Promise<unknown>, count: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

async function search(origin: string): Promise<void> {
  const json = { headers: { accept: "application/json" } };
  const floor = () => fetch(`${origin}/healthz`).then((response) => response.text());
  const kinds: readonly (readonly [string, () => string])[] = [
    ["one word", word],
    ["two words", () => `${word()}+${word()}`],
    ["four words", () => Array.from({ length: 4 }, word).join("+")],
    ["a rare word", () => `number${Math.floor(Math.random() * 3000)}`],
    ["what begins so", () => "water"],
    ["a word of nine in ten", () => "image"],
    ["nothing", () => "zebra"],
    ["by chance", () => `${word()}?random=true`],
  ];
  await time(floor, 200);
  const least = await time(floor, 300);
  console.log(`a search among ${mediaCount} media, median of 200 in ms; the smallest route takes ${least.toFixed(2)}`);
  for (const [name, terms] of kinds) {
    const redirect = () => fetch(`${origin}/search/${terms()}`, { redirect: "manual" }).then((each) => each.text());
    const list = () => fetch(`${origin}/search/${terms()}`, json).then((each) => each.text());
    const [led, listed] = [await time(redirect, 200), await time(list, 200)];
    console.log(
      `  ${name.padEnd(22)} best ${led.toFixed(2)} (× ${(led / least).toFixed(1)})  list ${listed.toFixed(2)}`,
    );
  }
}

/** Reads it through, and gives the milliseconds. */
async function read(address: string, headers: Record<string, string> = {}): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(address, { headers });
  let length = 0;
  for await (const piece of response.body ?? []) length += piece.byteLength;
  if (!response.ok || length === 0) throw new Error(`${address} answered ${response.status}`);
  return performance.now() - startedAt;
}

async function serve(ours: string, bare: string): Promise<void> {
  const rate = (bytes: number, ms: number) => `${Math.round(bytes / 1e6 / (ms / 1000))} MB/s`;
  for (const [name, bytes, headers] of [
    ["whole", fileBytes, {}],
    ["a range of 64 MiB", 64 * 1024 * 1024, { range: `bytes=1048576-${65 * 1024 * 1024 - 1}` }],
    ["a range of 64 KiB", 64 * 1024, { range: "bytes=1048576-1114111" }],
  ] as const) {
    const rounds = bytes > 1e6 ? 15 : 300;
    const times: [number[], number[]] = [[], []];
    // In turns: what else the machine does falls on both.
    for (let round = -2; round < rounds; round++)
      for (const [index, address] of [ours, bare].entries()) {
        const took = await read(address, headers);
        if (round >= 0) times[index]?.push(took);
      }
    const [own, floor] = times.map(median);
    console.log(
      `  ${name.padEnd(18)} ${rate(bytes, own ?? NaN)}, Bun.serve ${rate(bytes, floor ?? NaN)}: ${Math.round(((floor ?? NaN) / (own ?? NaN)) * 100)} %`,
    );
  }
}

const directory = mkdtempSync(join(tmpdir(), "parley-bench-media-"));
try {
  using bench = await openBench();
  const path = await fill(directory);
  const { port } = await bench.startWith({}, directory);
  const floor = await bench.start([file("file-floor.ts"), path]);
  const origin = `http://127.0.0.1:${port}`;
  await search(origin);
  console.log("a file of 100 MB, median of 15 readings, and of 300 small ones");
  await serve(`${origin}/media/sound.wav`, `http://127.0.0.1:${floor.port}/`);
  const head = await time(() => fetch(`${origin}/media/sound.wav`, { method: "HEAD" }), 100);
  console.log(`  HEAD ${head.toFixed(2)} ms`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit(0);
