import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/protocol/events.ts";

/** A recorded or documented answer of a vendor, and what must become of it. */
export interface Fixture {
  /** The adapter's folder: `openai`. */
  readonly provider: string;
  readonly name: string;
  readonly status: number;
  /** Status line and headers, with CRLF. */
  readonly head: string;
  readonly body: Buffer;
  /** What the provider's entry in `parley.yaml` says beside the usual. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
  /** The body that must reach the vendor, where the fixture says. */
  readonly sent: unknown;
  /** What follows the first two events, its pieces joined. */
  readonly events: readonly RunEvent[];
}

const folder = join(import.meta.dir, "../fixtures/providers");

export function readFixtures(): Fixture[] {
  return readdirSync(folder).flatMap((provider) =>
    readdirSync(join(folder, provider))
      .filter((file) => file.endsWith(".http"))
      .map((file) => readFixture(provider, file.replace(/\.http$/, ""))),
  );
}

export function readFixture(provider: string, name: string): Fixture {
  const bytes = readFileSync(join(folder, provider, `${name}.http`));
  const end = bytes.indexOf("\n\n");
  const head = bytes.subarray(0, end).toString().split("\n").join("\r\n");
  const spec = JSON.parse(readFileSync(join(folder, provider, `${name}.json`), "utf8"));
  return {
    provider,
    name,
    head,
    status: Number(head.split(" ")[1]),
    body: bytes.subarray(end + 2),
    settings: spec.settings ?? {},
    request: spec.request,
    sent: spec.sent,
    events: spec.events,
  };
}

/** Where a body's messages end: the places that a vendor's own pieces are cut at. */
export function messageEnds({ body }: Fixture): number[] {
  const text = body.toString("latin1");
  return [...text.matchAll(/\r?\n\r?\n|(?<=\})\n/g)].map((match) => match.index + match[0].length);
}

/** A body in pieces, cut at these offsets. */
export function cutAt(body: Buffer, offsets: readonly number[]): Buffer[] {
  return [0, ...offsets]
    .map((from, index) => body.subarray(from, offsets[index]))
    .filter((piece) => piece.byteLength > 0);
}
