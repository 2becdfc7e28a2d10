import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packTar, type TarEntry, unpackTar } from "modern-tar";
import { BackupError } from "../../src/backup/error.ts";
import { restoreBackup } from "../../src/backup/restore.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openStore } from "../../src/store/index.ts";
import { marks, ours } from "../../src/store/layout.ts";
import { migrations } from "../../src/store/migrations.ts";
import { findDamage, readContents } from "../../src/store/snapshot.ts";
import { fromSource, runCommand, startServer } from "../support/command.ts";
import { hasStrace, straced } from "../support/strace.ts";

let cwd: string;
let data: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "parley-backup-"));
  data = join(cwd, "share/parley");
});
afterEach(() => rmSync(cwd, { recursive: true }));

const run = (...args: string[]) => runCommand(fromSource, args, { cwd });
const inBackups = () => readdirSync(cwd).filter((name) => name.endsWith(".tar"));

async function upload(origin: string, bucket: string, text: string): Promise<string> {
  const form = new FormData();
  form.append("files", new File([text], "a.txt"));
  const answer = await fetch(`${origin}/backend-api/v2/files/${bucket}`, { method: "POST", body: form });
  expect(answer.status).toBe(200);
  return text;
}

const read = async (origin: string, bucket: string) => (await fetch(`${origin}/backend-api/v2/files/${bucket}`)).text();

/** A data directory with a bucket, and its backup. */
async function backUp(text = "what is kept"): Promise<void> {
  await using server = await startServer(fromSource, { cwd });
  await upload(server.origin, "b", text);
  expect(await run("backup", "one.tar")).toMatchObject({ code: 0, error: "" });
}

/** Why an archive is not restored, though it may put aside what is there. */
async function refusalOf(name: string, directory: string): Promise<string> {
  const archive = createReadStream(join(cwd, name));
  const refusal: unknown = await restoreBackup({ archive, directory, force: true }).catch((thrown: unknown) => thrown);
  if (refusal instanceof BackupError) return refusal.message;
  throw new Error("it was not refused", { cause: refusal });
}

/** As the backup, but for what `change` does to its members. */
async function forge(change: (entries: TarEntry[]) => TarEntry[]): Promise<void> {
  const entries = (await unpackTar(readFileSync(join(cwd, "one.tar")))).map(({ header, data: body }) => ({
    header,
    ...(body && { body }),
  }));
  writeFileSync(join(cwd, "forged.tar"), await packTar(change(entries)));
}

describe("a backup", () => {
  test("of a running server is restored into an empty directory, and served", async () => {
    await backUp();
    expect(statSync(join(cwd, "one.tar")).mode & 0o777).toBe(0o600);
    const { code, out } = await run("restore", "one.tar", "--data-dir", join(cwd, "new"));
    expect([code, out]).toEqual([0, expect.stringContaining("1 bucket_files, 1 buckets")]);
    await using again = await startServer(fromSource, { cwd, args: ["--data-dir", join(cwd, "new")] });
    expect(await read(again.origin, "b")).toContain("\nwhat is kept\n");
  });

  test("holds shared chats, and cookies with their key", async () => {
    const cookies = new FormData();
    cookies.append("file", new File(['[{"domain":"a.example","name":"n","value":"v"}]'], "cookies.json"));
    {
      await using server = await startServer(fromSource, { cwd });
      const post = (path: string, body: string | FormData) =>
        fetch(`${server.origin}/backend-api/v2${path}`, { method: "POST", body });
      expect((await post("/chat/s", '{"updated":5}')).status).toBe(200);
      expect((await post("/upload_cookies", cookies)).status).toBe(200);
      expect(await run("backup", "one.tar")).toMatchObject({ code: 0, error: "" });
    }
    rmSync(data, { recursive: true });
    expect(await run("restore", "one.tar")).toMatchObject({ code: 0, error: "" });
    await using again = await startServer(fromSource, { cwd });
    expect(await (await fetch(`${again.origin}/backend-api/v2/chat/s`)).text()).toBe('{"updated":5}');
    const { domains } = await (await fetch(`${again.origin}/backend-api/v2/cookies`)).json();
    expect(domains).toMatchObject([{ domain: "a.example", readable: true }]);
    expect(statSync(join(data, "secret.key")).mode & 0o777).toBe(0o600);
  });

  test("is made while everybody writes: no write fails, and whatever was acknowledged before it is in it", async () => {
    await using server = await startServer(fromSource, { cwd });
    const { origin } = server;
    const before = await Promise.all(Array.from({ length: 20 }, (_, n) => upload(origin, `before-${n}`, `text ${n}`)));
    const writing = new AbortController();
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; !writing.signal.aborted; n++) {
        const bucket = `during-${writer}-${n}`;
        await upload(origin, bucket, bucket);
        if (n % 2 === 1) await fetch(`${origin}/backend-api/v2/files/${bucket}`, { method: "DELETE" });
      }
    });
    for (let n = 0; n < 3; n++) expect(await run("backup", `${n}.tar`)).toMatchObject({ code: 0, error: "" });
    writing.abort();
    await Promise.all(writers);
    for (let n = 0; n < 3; n++) {
      const { code, out } = await run("restore", `${n}.tar`, "--data-dir", join(cwd, `data-${n}`));
      expect([code, out]).toEqual([0, expect.not.stringContaining("gone before")]);
    }
    await using again = await startServer(fromSource, { cwd, args: ["--data-dir", join(cwd, "data-2")] });
    for (const [n, text] of before.entries()) expect(await read(again.origin, `before-${n}`)).toContain(text);
    expect(readdirSync(join(data, "uploads"))).toEqual([]);
  });

  test("needs no server, goes to standard output, and comes from standard input", async () => {
    await backUp();
    const piped = Bun.spawn(
      ["sh", "-c", `"$@" backup - | "$@" restore - --data-dir "${join(cwd, "piped")}"`, "sh", ...fromSource],
      { cwd, env: { ...process.env, XDG_DATA_HOME: join(cwd, "share") }, stdout: "pipe", stderr: "pipe" },
    );
    expect(await new Response(piped.stdout).text()).toContain("1 bucket_files");
    expect(await piped.exited).toBe(0);
    expect(readdirSync(join(cwd, "piped", "files"))).toEqual(readdirSync(join(data, "files")));
  });

  test("is never written over without being asked, and leaves nothing where it fails", async () => {
    expect(await run("backup", "none.tar")).toMatchObject({
      code: 1,
      error: expect.stringContaining("nothing to back up"),
    });
    await backUp();
    const refused = await run("backup", "one.tar");
    expect([refused.code, refused.error]).toEqual([2, "parley: one.tar is there already: --force writes over it\n"]);
    expect(await run("backup", "one.tar", "--force")).toMatchObject({ code: 0 });
    const folder = join(cwd, "no-such-folder");
    const lost = await run("backup", join(folder, "x.tar"));
    expect([lost.code, lost.error]).toEqual([
      2,
      `parley: there is no folder ${folder}: make it first, or name another file\n`,
    ]);
    expect(await run("backup", cwd, "--force")).toMatchObject({
      code: 2,
      error: expect.stringContaining("is a folder"),
    });
    expect(inBackups()).toEqual(["one.tar"]);
    expect(readdirSync(join(data, "uploads"))).toEqual([]);
    expect(readdirSync(cwd).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("leaves nothing on a full disk", async () => {
    await backUp("x".repeat(3_000_000));
    const child = Bun.spawn(["sh", "-c", `ulimit -f 2000; exec "$@" backup full.tar`, "sh", ...fromSource], {
      cwd,
      env: { ...process.env, XDG_DATA_HOME: join(cwd, "share") },
      stderr: "pipe",
    });
    expect(await child.exited).toBe(1);
    expect(await new Response(child.stderr).text()).toMatch(/^parley: EFBIG: .*\n$/);
    expect(readdirSync(cwd).filter((name) => name.includes("full"))).toEqual([]);
    expect(readdirSync(join(data, "uploads"))).toEqual([]);
  });

  test("tells of files that were gone before, and is made of all others", async () => {
    await backUp();
    const [lost = ""] = readdirSync(join(data, "files"));
    rmSync(join(data, "files", lost));
    const { code, out } = await run("backup", "two.tar");
    expect([code, out]).toEqual([0, expect.stringContaining(`1 files were gone before: files/${lost}`)]);
    expect(await run("restore", "two.tar", "--force")).toMatchObject({ code: 0 });
  });
});

describe("restoring", () => {
  test("puts what is there aside, if it is told to, and touches nothing else", async () => {
    await backUp();
    writeFileSync(join(data, "mine.txt"), "x");
    const refused = await run("restore", "one.tar");
    expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("--force puts what is there aside")]);
    const files = readdirSync(join(data, "files"));
    writeFileSync(join(data, "files", files[0]!), "changed since");
    const { code, out } = await run("restore", "one.tar", "--force");
    expect([code, out]).toEqual([0, expect.stringContaining("before-restore-")]);
    const aside = readdirSync(data).find((name) => name.startsWith("before-restore-"))!;
    expect(readFileSync(join(data, aside, "files", files[0]!), "utf8")).toBe("changed since");
    expect(readFileSync(join(data, "files", files[0]!), "utf8")).toBe("what is kept");
    expect(readdirSync(data).sort()).toEqual(
      [aside, "files", "media", "mine.txt", "parley.db", "servers", "shares"].sort(),
    );
  });

  test("is refused while a server runs, which goes on", async () => {
    await backUp();
    await using server = await startServer(fromSource, { cwd });
    const refused = await run("restore", "one.tar", "--force");
    expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("another Parley uses")]);
    expect(await read(server.origin, "b")).toContain("what is kept");
  });

  test("takes nothing that is damaged, cut short, of another hand or of a newer program, and touches nothing then", async () => {
    await backUp();
    const member = (name: string, body: string, more = {}): TarEntry => ({
      header: { name, size: body.length, type: "file", ...more },
      body,
    });
    const edit = (change: (manifest: Record<string, unknown>) => object) => (entries: TarEntry[]) =>
      entries.map((entry) => {
        if (entry.header.name !== "manifest.json") return entry;
        const text = new TextDecoder().decode(entry.body as Uint8Array);
        return member("manifest.json", JSON.stringify(change(JSON.parse(text))));
      });
    const add = (entry: TarEntry) => (entries: TarEntry[]) => [entry, ...entries];
    const uuid = "0192e6a0-0000-7000-8000-000000000000";
    const forgeries: [(entries: TarEntry[]) => TarEntry[], string][] = [
      [add(member("../escaped", "x")), "something that no backup holds"],
      [add(member("files/../../escaped", "x")), "something that no backup holds"],
      [add(member("/tmp/parley-escaped", "x")), "something that no backup holds"],
      [add(member("parley.db-wal", "x")), "something that no backup holds"],
      [add(member("files/", "", { type: "directory" })), "something that no backup holds"],
      [
        add(member(`files/${uuid}`, "", { type: "symlink", linkname: "/etc/passwd" })),
        "something that no backup holds",
      ],
      [add(member(`files/${uuid}`, "", { type: "link", linkname: "parley.db" })), "something that no backup holds"],
      [(entries) => [entries[0]!, ...entries], "something that no backup holds"],
      [add(member(`files/${uuid}`, "x")), `does not name files/${uuid}`],
      [(entries) => entries.filter(({ header }) => !header.name.startsWith("files/")), "is missing"],
      [(entries) => entries.slice(1), "parley.db is missing"],
      [(entries) => entries.slice(0, -1), "it ends too early"],
      [(entries) => [...entries, member(`files/${uuid}`, "x")], "something follows manifest.json"],
      [
        (entries) =>
          entries.map((entry) =>
            entry.header.name.startsWith("files/") ? member(entry.header.name, "what is kepT") : entry,
          ),
        "is damaged",
      ],
      [edit((manifest) => ({ ...manifest, format: "zip" })), "format: expected 'parley-backup'"],
      [edit(({ files: _, ...manifest }) => manifest), "files is missing"],
      [edit((manifest) => ({ ...manifest, database_version: 999 })), "a newer Parley"],
      [edit((manifest) => ({ ...manifest, database_version: 1 })), "of another version than it says"],
      [() => [member("manifest.json", "{")], "manifest.json is no JSON"],
    ];
    for (const [change, expected] of forgeries) {
      await forge(change);
      const target = join(cwd, "target");
      expect(await refusalOf("forged.tar", target)).toContain(expected);
      expect(readdirSync(target)).toEqual([marks]);
    }
    expect(await run("restore", "forged.tar", "--data-dir", join(cwd, "target"))).toEqual({
      code: 1,
      out: "",
      error: "parley: the backup cannot be used: manifest.json is no JSON\n",
    });
    const whole = readFileSync(join(cwd, "one.tar"));
    for (const cut of [0, 100, 700, whole.length / 2, whole.length - 1500]) {
      writeFileSync(join(cwd, "cut.tar"), whole.subarray(0, cut));
      expect(await refusalOf("cut.tar", data)).toStartWith("the backup cannot be used: it ");
    }
    writeFileSync(join(cwd, "text.tar"), "Dear all, ".repeat(1000));
    expect(await refusalOf("text.tar", data)).toContain("it is no tar");
    expect(readdirSync(data).filter((name) => name.includes("before"))).toEqual([]);
    expect(existsSync(join(cwd, "escaped"))).toBe(false);
    expect(existsSync("/tmp/parley-escaped")).toBe(false);
  }, 120_000);

  test.skipIf(!hasStrace)("that is killed at any of its steps leaves the old or the new, whole", async () => {
    await backUp();
    const [name = ""] = readdirSync(join(data, "files"));
    const contentOf = (file: string) => readFileSync(join(data, "files", file), "utf8");
    const seen = { old: 0, new: 0 };
    for (let step = 1; ; step++) {
      await openStore(data)[Symbol.asyncDispose]();
      writeFileSync(join(data, "files", name), "old");
      const calls = ["rename", "renameat", "renameat2"].map((call) => `inject=${call}:signal=SIGKILL:when=${step}`);
      const killing = straced("-o", join(cwd, "trace"), ...calls.flatMap((call) => ["-e", call]));
      const { code } = await runCommand(killing, ["restore", "one.tar", "--force"], { cwd });
      const left = readdirSync(data);
      // Whoever opens it next finishes what had begun.
      await openStore(data)[Symbol.asyncDispose]();
      const isNew = contentOf(name) === "what is kept";
      expect(isNew || contentOf(name) === "old").toBe(true);
      seen[isNew ? "new" : "old"]++;
      const damage = findDamage(join(data, "parley.db"));
      expect([left, damage, [...readContents(join(data, "parley.db")).blobs]]).toEqual([left, [], [`files/${name}`]]);
      expect(readdirSync(data).filter((entry) => entry.startsWith("."))).toEqual([]);
      if (code === 0) break;
    }
    // Before everything is whole on the disk, the old; from then on, the new.
    expect(seen.old).toBeGreaterThan(0);
    expect(seen.new).toBeGreaterThan(5);
  });

  test("of an older program's backup is brought up to date when it is opened", async () => {
    await backUp();
    rmSync(data, { recursive: true });
    mkdirSync(data);
    openDatabase(join(data, "parley.db"), {
      migrations: migrations.slice(0, 2),
      shrinks: false,
      synchronous: "FULL",
    }).close();
    expect(await run("backup", "old.tar")).toMatchObject({
      code: 0,
      out: expect.stringContaining("database version 2"),
    });
    expect(await run("restore", "old.tar", "--force")).toMatchObject({ code: 0 });
    await using server = await startServer(fromSource, { cwd });
    await upload(server.origin, "b", "new");
    using database = new Database(join(data, "parley.db"), { readonly: true });
    expect(database.query("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
  });
});

test("whatever a server puts into its data directory is said to be kept, or to pass", async () => {
  await using server = await startServer(fromSource, { cwd });
  await upload(server.origin, "b", "x");
  await read(server.origin, "b");
  const known = new Set([...ours, marks]);
  expect(readdirSync(data).filter((name) => !known.has(name))).toEqual([]);
});
