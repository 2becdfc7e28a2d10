import { afterAll, describe, expect, test } from "bun:test";
import { type Command, CommanderError } from "commander";
import { Glob } from "bun";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, root, runCommand } from "../support/command.ts";

/** The commands of the program, each as its file makes it. */
async function readCommands(): Promise<Command[]> {
  const main = readFileSync(join(root, "src/main.ts"), "utf8");
  const commands: Command[] = [];
  for (const path of [...new Glob("*.ts").scanSync(join(root, "src/cli"))].sort()) {
    const [, name] = new RegExp(`cli/${path}"\\)\\)\\.(\\w+)`).exec(main) ?? [];
    if (name === undefined) continue;
    const module: Record<string, (...parts: unknown[]) => Command> = await import(join(root, "src/cli", path));
    const command = module[name]?.();
    if (command && command.name() !== "converter") commands.push(command);
  }
  return commands;
}

const folder = mkdtempSync(join(tmpdir(), "parley-help-"));
afterAll(() => rmSync(folder, { recursive: true }));

const all = await readCommands();
const leaves = all.flatMap((command) =>
  command.commands.length === 0
    ? [{ path: `parley ${command.name()}`, command }]
    : command.commands.map((inner) => ({ path: `parley ${command.name()} ${inner.name()}`, command: inner })),
);

/** What a person sees, with what is added behind it. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (written) => void (text += written) }).outputHelp();
  return text;
}

describe("the help", () => {
  test("is that of a command within another, too: help keys create", async () => {
    const asked = await runCommand(fromSource, ["help", "keys", "create"], { cwd: folder });
    expect(asked).toEqual(await runCommand(fromSource, ["keys", "create", "--help"], { cwd: folder }));
    expect(asked.code).toBe(0);
    expect((await runCommand(fromSource, ["help", "nonsense"], { cwd: folder })).code).toBe(2);
  });

  test("has a row for each command in its page, and no others", () => {
    const page = readFileSync(join(root, "src/help/command-line.md"), "utf8");
    const [, rows = ""] = /^\| Command .*\n.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
    const named = [...rows.matchAll(/^\| `(.+?)`/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(leaves.map(({ path }) => path).sort());
  });

  test("of each command shows examples, of commands and options that there are, no wider than a screen", () => {
    for (const { path, command } of leaves) {
      const [, examples = ""] = /^Examples?:\n((?: {2}.*\n)+)/m.exec(helpOf(command)) ?? [];
      expect([path, examples === ""]).toEqual([path, false]);
      for (const line of examples.trimEnd().split("\n")) {
        expect(line.length).toBeLessThanOrEqual(110);
        const [, used = ""] = /(parley\b[^|;>")]*)/.exec(line.trim().split(/ {2,}/)[0] ?? "") ?? [];
        const words = used.trim().split(/\s+/);
        const found =
          leaves.find(({ path: other }) => used === other || used.startsWith(`${other} `)) ??
          leaves.find(({ path: other }) => other === "parley serve");
        for (const option of words.filter((word) => /^--?[a-z]/.test(word)))
          expect([
            line,
            option,
            found?.command.options.some(({ long, short }) => [long, short].includes(option)),
          ]).toEqual([line, option, true]);
      }
    }
  });

  test("of the program names each command in a group", async () => {
    const { out } = await runCommand(fromSource, ["--help"], { cwd: tmpdir() });
    const [, others = ""] = /^Commands:\n((?: .*\n)+)/m.exec(out) ?? [];
    expect(others.match(/^ {2}\w+/gm)).toEqual(["  help"]);
  });
});

describe("exit codes", () => {
  test("are 2 for a wrong flag of each command, and for its argument that is missing", async () => {
    for (const { path, command } of leaves) {
      const wrong = [["--no-such-flag"], ...(command.registeredArguments.some(({ required }) => required) ? [[]] : [])];
      for (const args of wrong) {
        command.exitOverride().configureOutput({ writeErr() {} });
        const thrown = await command.parseAsync(args, { from: "user" }).catch((error: unknown) => error);
        // The program makes 2 of whatever the parser refuses.
        expect([path, args, thrown instanceof CommanderError && thrown.exitCode]).toEqual([path, args, 1]);
      }
    }
  });

  const runAll = (calls: readonly (readonly string[])[]) =>
    Promise.all(
      calls.map(async (args) => {
        const cwd = mkdtempSync(join(folder, "each-"));
        const { code, out } = await runCommand(fromSource, args, { cwd, env: { PARLEY_DISCOVERY: "false" } });
        return [args.join(" "), code, out === "" ? "" : "printed"];
      }),
    );

  test("are 2 for wrong use and wrong settings, 1 for what fails, 0 for what is done", async () => {
    const wrong = [
      ["keys"],
      ["restore", "--no-such-flag"],
      ["nonsense"],
      ["models", "--port", "x"],
      ["restore", "nowhere"],
    ];
    const failing = [
      ["models", "-p", "Nobody"],
      ["restore", import.meta.path],
    ];
    const done = [["keys", "create", "--help"], ["--version"]];
    expect(await runAll([...wrong, ...failing, ...done])).toEqual([
      ...wrong.map((args) => [args.join(" "), 2, ""]),
      ...failing.map((args) => [args.join(" "), 1, ""]),
      ...done.map((args) => [args.join(" "), 0, "printed"]),
    ]);
  });
});
