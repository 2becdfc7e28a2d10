import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDamage, readContents } from "../../src/store/snapshot.ts";
import { conversationPath, openApp, providerYaml } from "../support/app.ts";
import { fromSource, startServer } from "../support/command.ts";
import { readEvents, readRun, textOf, textOfRun } from "../support/events.ts";
import { type KeptKind, keptKinds } from "../support/kept-writes.ts";
import { openaiText, openUpstream } from "../support/scripted-upstream.ts";
import { mayMount, openSmallDisk } from "../support/small-disk.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(60_000);

const whole = Array.from({ length: 300 }, (_, index) => `${index} `);
const upstream = openUpstream(() => openaiText(...whole));
afterAll(() => upstream[Symbol.dispose]());
const question = { messages: [{ role: "user", content: "Count" }], model: "m", provider: "Work" };
const api = "/backend-api/v2";

const postJson = (address: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** A POST that is done once: tried under the same key until it is done. */
const once: KeptKind = {
  name: "once",
  keeps: "all",
  contentOf: (_, n) => String(n),
  write: (origin, writer, n) =>
    postJson(`${origin + api}/log`, { id: writer, n }, { "idempotency-key": `${writer}-${n}` }),
  async read(origin, writer) {
    const { entries } = await (await fetch(`${origin + api}/log?limit=1000`)).json();
    const own = entries.filter(({ id }: { id: string }) => id === writer);
    return own.map(({ n }: { n: number }) => ({ n, content: String(n) }));
  },
};

/** An answer that can be joined, as it was seen. */
interface Seen {
  readonly id: string;
  readonly text: string;
  readonly isWhole: boolean;
}

/** All that is shown is found again, and each ends: by itself, or because the disk took no more of it. */
function createAnswers() {
  const seen = new Map<number, Seen>();
  const readAgain = async (origin: string, id: string) => {
    const text = await (await fetch(`${origin + api}/runs/${id}/events`)).text();
    return readRun(text, id);
  };
  const kind: KeptKind = {
    name: "answers",
    keeps: "all",
    contentOf: () => whole.join(""),
    async write(origin, _, n) {
      const answer = await postJson(origin + conversationPath, { ...question, resumable: true });
      if (!answer.ok) return answer;
      const id = answer.headers.get("x-run-id") ?? "";
      const text = await answer.text();
      const [, failure] = /^event: error\ndata: (.*)$/m.exec(text) ?? [];
      // The last event has no number where it is none of the run's yet.
      const numbered = text.split(/(?<=\n\n)/).filter((message) => message.startsWith("id: "));
      seen.set(n, { id, text: textOfRun(readRun(numbered.join(""), id)), isWhole: failure === undefined });
      if (failure === undefined) return Response.json({});
      const { message } = JSON.parse(failure);
      return Response.json({ error: { message, code: "storage_unavailable" } }, { status: 503 });
    },
    async read(origin) {
      const all = [...seen].filter(([, { isWhole }]) => isWhole);
      return Promise.all(all.map(async ([n, { id }]) => ({ n, content: textOfRun(await readAgain(origin, id)) })));
    },
  };
  const assertCutKept = async (origin: string) => {
    for (const { id, text, isWhole } of seen.values()) {
      if (isWhole) continue;
      const again = await readAgain(origin, id);
      expect(textOfRun(again)).toStartWith(text);
      expect(again.at(-1)?.event).toEqual({ type: "finish", finish: { reason: "error" } });
    }
  };
  return { kind, assertCutKept };
}

interface Writer {
  readonly kind: KeptKind;
  readonly acknowledged: number[];
  readonly refused: number[];
}

const writerOf = (kind: KeptKind) => `${kind.name}1`;

/** Writes until `isDone`. Whatever is refused is refused for the disk, and says when to come back. */
async function writeUntil(origin: string, { kind, acknowledged, refused }: Writer, isDone: () => boolean) {
  for (let n = acknowledged.length + refused.length; !isDone(); n++) {
    const answer = await kind.write(origin, writerOf(kind), n);
    const text = await answer.text();
    if (answer.ok) acknowledged.push(n);
    else {
      const { error } = JSON.parse(text);
      expect([kind.name, answer.status, error.code]).toEqual([kind.name, 503, "storage_unavailable"]);
      if (kind.name !== "answers") expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(error.message).toContain("make room on it, then ask again");
      refused.push(n);
    }
  }
}

if (!mayMount)
  test("a disk is filled by whoever may mount one: as root, or in a name space of one's own", () => {
    const again = ["unshare", "--map-root-user", "--mount", process.execPath, "test", import.meta.path];
    const { exitCode, stderr } = Bun.spawnSync(again, { stderr: "pipe" });
    const why = exitCode === 0 ? "" : `root, or unshare(1) with name spaces of users, is needed: ${String(stderr)}`;
    expect([exitCode, why]).toEqual([0, ""]);
  });

if (mayMount)
  test("a full disk refuses what it is to keep, loses nothing, and is written to again once there is room", async () => {
    using disk = openSmallDisk(48 * 1024 * 1024);
    const data = join(disk.path, "data");
    const answers = createAnswers();
    const kinds = [...keptKinds, once, answers.kind];
    const writers = kinds.map((kind): Writer => ({ kind, acknowledged: [], refused: [] }));
    {
      await using app = await openApp({
        yaml: providerYaml({ name: "Work", origin: upstream.origin }),
        flags: { data_dir: data },
      });
      const { origin, services } = app;
      for (const { kind } of writers) await kind.prepare?.(origin, writerOf(kind));
      const writing = writers.map((writer) => writeUntil(origin, writer, () => writer.refused.length >= 2));
      await until(() => writers.every(({ acknowledged }) => acknowledged.length >= 3));
      // What is refused gives back what it had taken.
      using filling = setInterval(disk.fill, 20);
      await Promise.all(writing);
      await until(() => services.store.disk.failure?.code === "ENOSPC");

      // What needs no disk goes on.
      const plain = await Promise.all([1, 2, 3].map(async () => app.post(question)));
      const runIds = plain.map(({ headers }) => headers.get("x-run-id") ?? "");
      for (const answer of plain) expect(textOf(await readEvents(answer))).toBe(whole.join(""));
      for (const { kind, acknowledged } of writers)
        expect((await kind.read(origin, writerOf(kind))).length).toBeGreaterThanOrEqual(
          Math.min(1, acknowledged.length),
        );
      expect((await app.get("/healthz")).status).toBe(200);

      clearInterval(filling);
      disk.makeRoom();
      await until(() => services.store.disk.failure === undefined);
      const before = writers.map(({ acknowledged }) => acknowledged.length);
      await Promise.all(
        writers.map(async (writer, index) => {
          // Those that were refused, under the same keys.
          if (writer.kind === once)
            for (const n of writer.refused.splice(0)) {
              expect((await once.write(origin, writerOf(once), n)).status).toBe(200);
              writer.acknowledged.push(n);
            }
          await writeUntil(origin, writer, () => writer.acknowledged.length >= before[index]! + 3);
        }),
      );
      // What was used meanwhile is counted.
      for (const id of runIds) {
        while (!(await services.store.usage.find(id))) await Bun.sleep(20);
        expect(await services.store.usage.find(id)).toMatchObject({ outcome: "stop" });
      }
      await judge(origin, writers);
      // That the disk is full is said once, not with each answer: the log may lie on it.
      expect(app.logged.filter((line) => line.includes("how an answer came about"))).toEqual([]);
    }
    expect(
      readdirSync(data, { recursive: true })
        .map(String)
        .filter((name) => /\.tmp$|uploads\/./.test(name)),
    ).toEqual([]);
    const { blobs } = readContents(join(data, "parley.db"));
    const lying = ["media", "files", "shares"].flatMap((folder) =>
      readdirSync(join(data, folder)).map((name) => `${folder}/${name}`),
    );
    expect(lying.sort()).toEqual([...blobs].sort());
    for (const name of ["parley.db", "runs.db"]) expect(findDamage(join(data, name))).toEqual([]);
  });

async function judge(origin: string, writers: readonly Writer[]): Promise<void> {
  for (const { kind, acknowledged } of writers) {
    const kept = await kind.read(origin, writerOf(kind));
    const numbers = kept.map(({ n }) => n).sort((a, b) => a - b);
    const expected = kind.keeps === "all" ? acknowledged.toSorted((a, b) => a - b) : acknowledged.slice(-1);
    expect([kind.name, numbers]).toEqual([kind.name, expected]);
    for (const { n, content } of kept) expect(content).toBe(kind.contentOf(writerOf(kind), n));
  }
}

test("a log that cannot be written keeps no server from its work, nor from ending", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-log-"));
  const logless = ["sh", "-c", 'exec "$@" 2>/dev/full', "sh", ...fromSource];
  // It has something to say each time.
  await using server = await startServer(logless, { cwd, env: { PARLEY_DURABILITY: "process" } });
  const answer = await postJson(server.origin + conversationPath, { messages: [{ role: "user", content: "Hello" }] });
  expect(await answer.text()).toContain('"reason":"stop"');
  server.child.kill("SIGTERM");
  expect(await server.child.exited).toBe(0);
  rmSync(cwd, { recursive: true });
});
