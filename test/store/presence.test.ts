import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPresence } from "../../src/store/presence.ts";
import { fromSource, startServer } from "../support/command.ts";

test("a server's mark lives as long as its process, however that ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-presence-"));
  const servers = () => readdirSync(join(folder, "servers"));
  const module = JSON.stringify(join(import.meta.dir, "../../src/store/presence.ts"));
  const script = `const { openPresence } = await import(${module});
    console.log(openPresence(${JSON.stringify(folder)}).id);
    await Bun.sleep(60_000);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const other = Number(new TextDecoder().decode(value));
  {
    using here = openPresence(folder);
    expect(here.living()).toEqual(new Set([here.id, other]));
    using third = openPresence(folder);
    expect(third.living()).toEqual(new Set([here.id, other, third.id]));
    child.kill("SIGKILL");
    await child.exited;
    expect(here.living()).toEqual(new Set([here.id, third.id]));
    expect(servers()).toHaveLength(2);
  }
  expect(servers()).toEqual([]);
  rmSync(folder, { recursive: true });
  expect(existsSync(folder)).toBe(false);
});

test("a server whose mark cannot be removed ends as any other, its databases closed", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-presence-"));
  const marks = join(cwd, "data/servers");
  const args = ["--data-dir", join(cwd, "data")];
  {
    await using server = await startServer(fromSource, { cwd, args });
    const mark = readdirSync(marks).find((name) => name.endsWith(".lock")) ?? "";
    // As a disk that takes nothing any more: what stands there cannot be removed.
    rmSync(join(marks, mark));
    mkdirSync(join(marks, mark));
    server.child.kill("SIGTERM");
    const said = await new Response(server.child.stderr).text();
    expect([await server.child.exited, said]).toEqual([0, expect.not.stringContaining('"error"')]);
    rmSync(join(marks, mark), { recursive: true });
  }
  const names = ["parley.db", "runs.db", "parley.db-wal", "runs.db-wal"];
  expect(names.map((name) => existsSync(join(cwd, "data", name)))).toEqual([true, true, false, false]);
  rmSync(cwd, { recursive: true });
});
