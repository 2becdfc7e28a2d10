import { expect, test } from "bun:test";
import { join } from "node:path";

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
