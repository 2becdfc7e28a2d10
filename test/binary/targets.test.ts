import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../support/command.ts";
import { warnOfMissing } from "../support/installed.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-targets-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function build(...args: string[]): Promise<{ code: number; error: string }> {
  const child = Bun.spawn([process.execPath, join(root, "src/build.ts"), "--outdir", folder, ...args], {
    cwd: folder,
    stdout: "ignore",
    stderr: "pipe",
  });
  return { error: await new Response(child.stderr).text(), code: await child.exited };
}

test("an executable for another machine is one, says what it was built from, and has its sum beside it", async () => {
  // One for all: npm run build -- --target all makes eight, in a minute.
  const { code, error } = await build("--target", "darwin-arm64", "--commit", "made-for-a-test");
  if (error.includes("is that reachable?")) return warnOfMissing(`executables for other machines: ${error}`);
  expect([code, error]).toEqual([0, expect.not.stringContaining("build:")]);
  const name = `parley-${manifest.version}-darwin-arm64`;
  expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", name]);
  const bytes = readFileSync(join(folder, name));
  // Mach-O of 64 bits, for ARM of 64 bits.
  expect([bytes.readUInt32LE(0), bytes.readUInt32LE(4)]).toEqual([0xfeedfacf, 0x0100000c]);
  expect(bytes.includes("made-for-a-test")).toBe(true);
  const sum = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  expect(readFileSync(join(folder, "SHA256SUMS"), "utf8")).toBe(`${sum}  ${name}\n`);
});

test("a machine that there is not is refused before anything is built", async () => {
  const { code, error } = await build("--target", "darwin-arm64,amiga");
  expect([code, error]).toEqual([2, expect.stringContaining("there is no target amiga; there are linux-x64,")]);
});
