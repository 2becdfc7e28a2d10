import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog, type LogFields } from "../../src/lib/log.ts";

const path = join(import.meta.dir, "../../src/lib/log.ts");
const said = "red \u001b[31m, cleared \u009b2J, back\rward\u0007; a tab\tand a line\n";
const script = `const { print, printError } = await import(${JSON.stringify(path)});
print(${JSON.stringify(said)}); printError(${JSON.stringify(said)});`;

test("a terminal is sent no control characters of an answer's, and a file all of them", async () => {
  let shown = "";
  const decoder = new TextDecoder();
  const onTerminal = Bun.spawn([process.execPath, "-e", script], {
    terminal: { cols: 200, rows: 24, data: (_, bytes) => void (shown += decoder.decode(bytes, { stream: true })) },
  });
  await onTerminal.exited;
  const line = "red [31m, cleared 2J, backward; a tab\tand a line\r\n";
  while (shown.length < line.length * 2) await Bun.sleep(1);
  expect(shown).toBe(line + line);
  const intoFile = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  const outputs = [intoFile.stdout, intoFile.stderr].map((output) => new Response(output).text());
  expect(await Promise.all(outputs)).toEqual([said, said]);
});

const strange = "one\ntwo\r\u001b[31m\u009b2J\u0000\u2028three\u202e\u2066\u007f";

describe.each([true, false])("a line of the log, for people: %p", (pretty) => {
  const lines: string[] = [];
  const log = createLog({ level: "debug", secrets: ["the-secret"], pretty, write: (line) => void lines.push(line) });
  const write = (message: string, fields: LogFields) => {
    log.info(message, fields);
    return lines.at(-1) ?? "";
  };

  test("is one, and moves no terminal, whatever is told", () => {
    const line = write(strange, { value: strange, list: [strange], [strange]: 1 });
    expect(line).toContain("\\u001b[31m");
    expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    if (!pretty) expect(JSON.parse(line)).toMatchObject({ message: strange, value: strange });
  });

  test("of an error sets its further lines in", () => {
    const line = write("it broke", { error: new Error(`first\n12:00:00 INFO  forged\u001b[2J`) });
    expect(line).not.toMatch(/\n\S/);
    expect(line).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test("shows no secret", () => {
    expect(write("with the-secret", { error: new Error("the-secret", { cause: "the-secret" }) })).not.toContain(
      "the-secret",
    );
  });
});

test("a secret that is a word of the line, or digits of a number, leaves it JSON, and is struck out of values", () => {
  const lines: string[] = [];
  const secrets = ["message", '"level"', "123456", 'bytes":'];
  const log = createLog({ level: "info", secrets, pretty: false, write: (line) => void lines.push(line) });
  log.info("no message", { bytes: 1234567, said: ["a message", { message: "123456" }] });
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "info",
    message: "no [redacted]",
    bytes: 1234567,
    said: ["a [redacted]", { "[redacted]": "[redacted]" }],
  });
});

test("what nobody reads is not kept without an end, and how much was left out is said", async () => {
  const flood = `const { createLog, print } = await import(${JSON.stringify(path)});
    const log = createLog({ level: "info", secrets: [], pretty: false });
    for (let n = 0; n < 200; n++) {
      for (let line = 0; line < 100; line++) log.info("flood", { n, text: "x".repeat(1000) });
      await new Promise(setImmediate);
    }
    print("said");
    for await (const _ of process.stdin) log.info("read again");`;
  const folder = mkdtempSync(join(tmpdir(), "parley-log-"));
  // Bun reads what it gives a child by itself.
  const pipe = join(folder, "pipe");
  Bun.spawnSync(["mkfifo", pipe]);
  await using end = await open(pipe, "r+");
  await using reader = await open(pipe, "r");
  const child = Bun.spawn([process.execPath, "-e", flood], { stdin: "pipe", stdout: "pipe", stderr: end.fd });
  await child.stdout.getReader().read();
  let text = "";
  while (!text.includes("read again")) {
    child.stdin.write("?");
    await child.stdin.flush();
    text += (await reader.read({ buffer: Buffer.alloc(65_536) })).buffer.toString("latin1").replaceAll("\0", "");
  }
  child.kill();
  rmSync(folder, { recursive: true });
  const lines = text.split("\n").filter((line) => line.includes('"flood"')).length;
  const [, leftOut] = /(\d+) lines of the log were left out/.exec(text) ?? [];
  // Some of what came last may be among them.
  expect(lines + Number(leftOut)).toBeGreaterThanOrEqual(20_000);
  expect(lines).toBeLessThan(6000);
});
