import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDamage } from "../../src/store/snapshot.ts";
import { fromSource, type Program, type RunningServer, startServer } from "./command.ts";
import type { KeptKind } from "./kept-writes.ts";

/** What became of the writes of one kind. */
export interface Tally {
  acknowledged: number;
  /** Acknowledged, and not there. */
  lost: number;
  /** There, and not as it was written. */
  torn: number;
  /** There more than once. */
  doubled: number;
}

export interface KillReport {
  readonly tallies: ReadonlyMap<string, Tally>;
  /** From the start of the process to its first answer, in milliseconds. */
  readonly restartsMs: readonly number[];
  /** What was wrong with the database as the kill had left it. */
  readonly damage: readonly string[];
}

export interface KillOptions {
  readonly cycles: number;
  readonly kinds: readonly KeptKind[];
  readonly program?: Program;
  readonly onCycle?: (cycle: number) => void;
}

const writersOfKind = 2;
/** The longest that a server writes before it is killed, once everybody has begun. */
const writingMs = 400;
/** A directory with the rows of very many cycles would have each read for longer than it was written. */
const cyclesOfDirectory = 25;

interface Written {
  readonly kind: KeptKind;
  readonly writer: string;
  readonly acknowledged: number[];
}

/** Kills a server again and again while it is written to from all sides, and reads what was acknowledged from the next. */
export async function runKillCycles({
  cycles,
  kinds,
  program = fromSource,
  onCycle,
}: KillOptions): Promise<KillReport> {
  const tallies = new Map(kinds.map(({ name }) => [name, { acknowledged: 0, lost: 0, torn: 0, doubled: 0 }]));
  const restartsMs: number[] = [];
  const damage: string[] = [];
  for (let first = 0; first < cycles; first += cyclesOfDirectory) {
    const cwd = mkdtempSync(join(tmpdir(), "parley-kills-"));
    const all: Written[] = [];
    let server = await startServer(program, { cwd });
    try {
      for (let cycle = first; cycle < Math.min(first + cyclesOfDirectory, cycles); cycle++) {
        const written = await writeUntilKilled(server, kinds, `c${cycle}`);
        damage.push(...damageOf(join(cwd, "share/parley")));
        const startedAt = performance.now();
        server = await startServer(program, { cwd });
        await (await fetch(`${server.origin}/healthz`)).text();
        restartsMs.push(performance.now() - startedAt);
        for (const each of written) await judge(server.origin, each, tallies.get(each.kind.name)!);
        all.push(...written);
        onCycle?.(cycle + 1);
      }
      // What the first cycles wrote has seen all the kills since.
      for (const each of all) await judge(server.origin, each, tallies.get(each.kind.name)!, true);
    } finally {
      await server[Symbol.asyncDispose]();
      rmSync(cwd, { recursive: true, force: true });
    }
  }
  return { tallies, restartsMs, damage };
}

async function writeUntilKilled(server: RunningServer, kinds: readonly KeptKind[], cycle: string): Promise<Written[]> {
  const writers = kinds.flatMap((kind) =>
    Array.from({ length: writersOfKind }, (_, index) => {
      const written: Written = { kind, writer: `${cycle}${kind.name}${index}`, acknowledged: [] };
      const { promise: hasBegun, resolve: begin } = Promise.withResolvers<void>();
      return { written, hasBegun, done: writeOn(server.origin, written, begin) };
    }),
  );
  // Whoever is refused says so at once.
  await Promise.race([
    Promise.all(writers.map(({ hasBegun }) => hasBegun)),
    ...writers.map(async ({ done }) => {
      await done;
      throw new Error("the server was gone before it was killed");
    }),
  ]);
  await Bun.sleep(Math.random() * writingMs);
  server.child.kill("SIGKILL");
  await server.child.exited;
  await Promise.all(writers.map(({ done }) => done));
  return writers.map(({ written }) => written);
}

/** Writes one after the other until the server is gone. What was acknowledged is what has been read to its end. */
async function writeOn(origin: string, { kind, writer, acknowledged }: Written, begin: () => void): Promise<void> {
  const isDone = async (answering: Promise<Response>): Promise<boolean> => {
    const read = answering.then(async (answer) => ({ answer, text: await answer.text() }));
    const whole = await read.catch(() => undefined);
    if (whole && !whole.answer.ok)
      throw new Error(`${kind.name} was refused with ${whole.answer.status}: ${whole.text}`);
    return whole !== undefined;
  };
  if (kind.prepare && !(await isDone(kind.prepare(origin, writer)))) return;
  for (let n = 0; await isDone(kind.write(origin, writer, n)); n++) {
    acknowledged.push(n);
    begin();
  }
}

async function judge(origin: string, written: Written, tally: Tally, isAgain = false): Promise<void> {
  const { kind, writer, acknowledged } = written;
  const kept = await kind.read(origin, writer);
  const found = new Set(kept.map(({ n }) => n));
  if (!isAgain) tally.acknowledged += acknowledged.length;
  tally.torn += kept.filter(({ n, content }) => content !== kind.contentOf(writer, n)).length;
  tally.doubled += kept.length - found.size;
  if (kind.keeps === "all") tally.lost += acknowledged.filter((n) => !found.has(n)).length;
  else if (Math.max(-1, ...found) < (acknowledged.at(-1) ?? -1)) tally.lost++;
}

/** Of a copy, so that the next server finds what the kill has left. */
function damageOf(directory: string): string[] {
  const copy = mkdtempSync(join(tmpdir(), "parley-left-"));
  for (const name of ["parley.db", "parley.db-wal"].filter((each) => existsSync(join(directory, each))))
    cpSync(join(directory, name), join(copy, name));
  const damage = findDamage(join(copy, "parley.db"));
  rmSync(copy, { recursive: true });
  return damage;
}
