import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/index.ts";
import { root } from "../support/command.ts";

const folders: string[] = [];
const openFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-secrets-"));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const given = "0123456789abcdef0123456789abcdef";

describe("what is sealed", () => {
  test("opens in its place alone, and not where a bit of it is another", async () => {
    await using store = openStore(openFolder());
    const { secrets } = store;
    const sealed = await secrets.seal("cookies/a.example", "canary");
    expect(sealed.includes("canary")).toBe(false);
    expect(await secrets.seal("cookies/a.example", "canary")).not.toEqual(sealed);
    expect((await secrets.open("cookies/a.example", sealed))?.toString()).toBe("canary");
    expect(await secrets.open("cookies/b.example", sealed)).toBeUndefined();
    for (let at = 0; at < sealed.byteLength; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = changed[at]! ^ 1;
      expect(await secrets.open("cookies/a.example", changed)).toBeUndefined();
      expect(await secrets.open("cookies/a.example", sealed.subarray(0, at))).toBeUndefined();
    }
  });

  test("is sealed with a key that is made when it is needed, and that nobody else may read", async () => {
    const folder = openFolder();
    const path = join(folder, "secret.key");
    {
      await using store = openStore(folder);
      expect(readdirSync(folder)).not.toContain("secret.key");
      await store.secrets.seal("a", "b");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    }
    const before = readFileSync(path, "utf8");
    await using again = openStore(folder);
    await again.secrets.seal("a", "b");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("of servers that begin at once, all take the same key", async () => {
    const folder = openFolder();
    const program = `
      import { openStore } from ${JSON.stringify(join(root, "src/store/index.ts"))};
      await using store = openStore(${JSON.stringify(folder)});
      process.stdout.write((await store.secrets.seal("a", "b")).toString("hex"));`;
    await openStore(folder)[Symbol.asyncDispose]();
    const children = Array.from({ length: 4 }, () => Bun.spawn([process.execPath, "-e", program], { stdout: "pipe" }));
    const sealed = await Promise.all(children.map(async ({ stdout }) => new Response(stdout).text()));
    await using store = openStore(folder);
    for (const hex of sealed) expect((await store.secrets.open("a", Buffer.from(hex, "hex")))?.toString()).toBe("b");
  });

  test("with a key of the settings makes no file; what the file sealed before stays readable", async () => {
    const folder = openFolder();
    const sealed: Buffer[] = [];
    {
      await using store = openStore(folder);
      sealed.push(await store.secrets.seal("a", "by the file"));
    }
    const path = join(folder, "secret.key");
    const text = readFileSync(path, "utf8").trim();
    {
      await using store = openStore(folder, { secretKey: given });
      sealed.push(await store.secrets.seal("a", "by the settings"));
      expect((await store.secrets.open("a", sealed[0]!))?.toString()).toBe("by the file");
      expect((await store.secrets.open("a", sealed[1]!))?.toString()).toBe("by the settings");
    }
    renameSync(path, `${path}.gone`);
    // The file's key, set: the same key.
    await using store = openStore(folder, { secretKey: text });
    expect((await store.secrets.open("a", sealed[0]!))?.toString()).toBe("by the file");
    expect(await store.secrets.open("a", sealed[1]!)).toBeUndefined();
    expect(store.secrets.hasKeyOf(sealed[1]!)).toBe(false);
    expect(readdirSync(folder)).not.toContain("secret.key");
  });

  test("is sealed with the key that is put back, though another was made meanwhile, and no restart in between", async () => {
    const folder = openFolder();
    const path = join(folder, "secret.key");
    const sealed: Buffer[] = [];
    {
      await using store = openStore(folder);
      sealed.push(await store.secrets.seal("a", "first"));
    }
    renameSync(path, `${path}.kept`);
    {
      await using store = openStore(folder);
      const meanwhile = await store.secrets.seal("a", "meanwhile");
      expect(await store.secrets.open("a", sealed[0]!)).toBeUndefined();
      renameSync(`${path}.kept`, path);
      expect((await store.secrets.open("a", sealed[0]!))?.toString()).toBe("first");
      sealed.push(await store.secrets.seal("a", "second"));
      // For as long as it is known.
      expect((await store.secrets.open("a", meanwhile))?.toString()).toBe("meanwhile");
    }
    await using store = openStore(folder);
    const opened = await Promise.all(sealed.map((each) => store.secrets.open("a", each)));
    expect(opened.map(String)).toEqual(["first", "second"]);
  });

  test("never with a key in the place of one that cannot be read", async () => {
    const folder = openFolder();
    mkdirSync(join(folder, "secret.key"));
    await using store = openStore(folder);
    await expect(store.secrets.seal("a", "b")).rejects.toThrow("secret.key in the data directory cannot be read");
    expect(statSync(join(folder, "secret.key")).isDirectory()).toBe(true);
  });
});
