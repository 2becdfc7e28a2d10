import { afterEach, beforeEach, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand, startServer } from "../support/command.ts";

let cwd: string;
let path: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "parley-damaged-"));
  path = join(cwd, "share/parley/parley.db");
});
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (...args: string[]) => runCommand(fromSource, args, { cwd, env: { PARLEY_DISCOVERY: "false" } });

/** Writes over a page that nothing reads when a server starts. */
function damagePage(): void {
  let page: number;
  {
    using database = new Database(path);
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    const root = database.query<{ rootpage: number }, []>(
      "SELECT rootpage FROM sqlite_master WHERE name = 'media_owners'",
    );
    page = root.get()!.rootpage;
  }
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, (page - 1) * 4096);
  closeSync(file);
}

/** What the server logs until a line holds the words. */
async function readLog(stderr: ReadableStream<Uint8Array>, words: string): Promise<string> {
  let text = "";
  for await (const bytes of stderr) {
    text += new TextDecoder().decode(bytes);
    if (text.includes(words)) return text;
  }
  return text;
}

test("after a crash the server looks for damage by itself, says which cure there is, and serves meanwhile", async () => {
  {
    await using first = await startServer(fromSource, { cwd });
    first.child.kill("SIGKILL");
    await first.child.exited;
  }
  {
    await using second = await startServer(fromSource, { cwd });
    expect(await readLog(second.child.stderr, "whole")).toContain("a server did not end well; the database is whole");
  }
  damagePage();
  await using third = await startServer(fromSource, { cwd });
  expect((await fetch(`${third.origin}/healthz`)).status).toBe(200);
  const logged = await readLog(third.child.stderr, "is damaged");
  expect(logged).toContain("the database is damaged: stop the server, then parley doctor --repair, or parley restore");
});

test("after an end as it should be nothing is looked for", async () => {
  for (let starts = 0; starts < 2; starts++) {
    await using server = await startServer(fromSource, { cwd });
    await fetch(`${server.origin}/healthz`);
    server.child.kill("SIGTERM");
    expect(await server.child.exited).toBe(0);
    expect(await new Response(server.child.stderr).text()).not.toContain("did not end well");
  }
});

test("the doctor looks always", async () => {
  expect(await run("doctor")).toMatchObject({ code: 0, error: "" });
  damagePage();
  const { code, out } = await run("doctor");
  expect([code, out]).toEqual([1, expect.stringMatching(/^fail +database +it is damaged: /m)]);
});

test("a file that is no database is a message with the cure, not a stack, and leaves no mark of a crash", async () => {
  await run("models");
  writeFileSync(path, "Dear all, ".repeat(1000));
  const { code, error } = await run("models");
  expect([code, error]).toEqual([
    2,
    expect.stringMatching(
      /parley\.db is damaged \(file is not a database\)\. Put a backup in its place: parley restore <file> --force; or see parley doctor --help\n$/,
    ),
  ]);
  expect(readdirSync(join(cwd, "share/parley/servers")).filter((name) => name.endsWith(".lock"))).toEqual([]);
});
