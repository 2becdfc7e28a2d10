import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const path = join(import.meta.dir, "../../src/lib/log.ts");
const script = `const { printAside, printMarked, printProgress } = await import(${JSON.stringify(path)});
printMarked("fail", "disk\\u001b[2J"); printAside("aside "); printProgress("5 %");`;

/** What a terminal is sent. */
async function onTerminal(env: Record<string, string>): Promise<string> {
  let shown = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([process.execPath, "-e", script], {
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", ...env },
    terminal: { cols: 200, rows: 24, data: (_, bytes) => void (shown += decoder.decode(bytes, { stream: true })) },
  });
  await child.exited;
  while (!shown.endsWith("%")) await Bun.sleep(1);
  return shown;
}

describe("colours", () => {
  const coloured = "\u001b[31m✗\u001b[39m disk[2J\r\n\u001b[2maside \u001b[22m\r5 %";
  const plain = "fail disk[2J\r\naside \r5 %";

  test("are shown on a terminal that has them, with signs instead of words", async () => {
    expect(await onTerminal({})).toBe(coloured);
    // The standard says: set and not empty.
    expect(await onTerminal({ NO_COLOR: "" })).toBe(coloured);
    expect(await onTerminal({ TERM: "dumb", FORCE_COLOR: "1" })).toBe(coloured);
  });

  test("are not where NO_COLOR or a dumb terminal says so", async () => {
    expect(await onTerminal({ NO_COLOR: "1" })).toBe(plain);
    expect(await onTerminal({ TERM: "dumb" })).toBe(plain);
  });

  test("are never in a file, and what is beside an answer neither", async () => {
    const child = Bun.spawn([process.execPath, "-e", script], {
      env: { PATH: process.env.PATH ?? "", TERM: "xterm", FORCE_COLOR: "1" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, error] = await Promise.all([child.stdout, child.stderr].map((each) => new Response(each).text()));
    expect([out, error]).toEqual(["fail disk\u001b[2J\n", ""]);
  });
});
