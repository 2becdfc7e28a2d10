import { Glob } from "bun";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./support/command.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));
/** Bun's own package fetches the program that it is. */
const trusted = ["bun"];
/** Those that would run something where they are installed, and are kept from it: they work without. */
const untrusted = ["protobufjs"];

test("nothing that is installed runs anything, but for Bun itself", async () => {
  expect(manifest.trustedDependencies).toEqual(trusted);
  expect(manifest.allowScripts).toEqual({ bun: true });
  const running = new Set<string>();
  for await (const path of new Glob("**/package.json").scan({ cwd: join(root, "node_modules") })) {
    if (!/(^|node_modules\/)(@[^/]+\/)?[^/]+\/package\.json$/.test(path)) continue;
    const { name, scripts = {} } = JSON.parse(read(join("node_modules", path)));
    if (["preinstall", "install", "postinstall"].some((script) => script in scripts)) running.add(name);
  }
  expect([...running].sort()).toEqual([...trusted, ...untrusted]);
});

test("what is installed is named to the letter, and the lock file names no other place to get it from", () => {
  const { dependencies, devDependencies } = manifest;
  const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
  const lock = read("bun.lock");
  expect(lock).not.toMatch(/https?:\/\//);
  // Each package with the digest of what it must be.
  const packages = lock.slice(lock.indexOf('"packages"')).match(/^ {4}"[^"]+": \[.*$/gm) ?? [];
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter((line) => !/"sha512-[\w+/=]+"\],?$/.test(line))).toEqual([]);
});
