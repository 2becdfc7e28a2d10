import { file } from "./processes.ts";

/** What a client saw. */
export interface Seen {
  readonly firstMs: readonly number[];
  readonly events: number;
  readonly seconds: number;
}

export interface Asking {
  readonly address: string;
  readonly body: string;
  /** The bytes that mark an event. */
  readonly mark: string;
  readonly streams: number;
  /** Of each stream, one after the other. */
  readonly answers: number;
  /** Between the starts of two streams. */
  readonly staggerMs: number;
}

/** Asks from a process of its own. */
export async function ask({ address, body, mark, streams, answers, staggerMs }: Asking): Promise<Seen> {
  for (let tries = 0; tries < 3; tries++) {
    const child = Bun.spawn(
      [process.execPath, file("client.ts"), address, String(streams), String(answers), String(staggerMs), mark, body],
      { stdout: "pipe", stderr: "inherit" },
    );
    const seen = await new Response(child.stdout).text();
    if ((await child.exited) === 0) return JSON.parse(seen);
    console.error(`${address}: nothing came for a minute; asked again`);
  }
  throw new Error(`${address} does not answer`);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
