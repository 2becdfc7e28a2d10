import { Database } from "bun:sqlite";
import { join } from "node:path";
import { wavHeader, withWavSizes } from "../../src/lib/wav.ts";
import type { UsageRow } from "../../src/store/usage.ts";
import type { TestApp } from "./app.ts";

/** What came of a request for sound: all of it, or as much as came until the connection broke. Told how much came so far. */
export async function listen(
  response: Response,
  onBytes: (count: number) => void = () => {},
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const pieces: Uint8Array[] = [];
  let count = 0;
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(piece);
      onBytes((count += piece.byteLength));
    }
    return { bytes: Buffer.concat(pieces), isWhole: true };
  } catch {
    return { bytes: Buffer.concat(pieces), isWhole: false };
  }
}

/** The rows of what is no run, once there are so many. */
export async function readTaskRows({ services }: TestApp, count: number): Promise<UsageRow[]> {
  using database = new Database(join(services.config.data_dir, "parley.db"), { readonly: true });
  for (let tries = 0; tries < 400; tries++) {
    const rows = database
      .query<UsageRow, []>("SELECT * FROM usage WHERE run_id LIKE 'task\\_%' ESCAPE '\\' ORDER BY created_at")
      .all();
    if (rows.length >= count) return rows;
    await Bun.sleep(5);
  }
  throw new Error(`there were not ${count} rows`);
}

/** A quiet WAV file that plays, of 8,000 samples a second; another for each number. */
export function wavOf(seconds: number, number = 0): Buffer {
  const samples = new Int16Array(seconds * 8000).map((_, at) => 500 * Math.sin((at * (number + 1)) / 10));
  const bytes = Buffer.concat([wavHeader(8000, 1), new Uint8Array(samples.buffer)]);
  return Buffer.from(withWavSizes(new Uint8Array(bytes)));
}
