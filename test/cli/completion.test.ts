import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapters } from "../../src/providers/registry.ts";
import { fromSource, runCommand } from "../support/command.ts";
import { isInstalled } from "../support/installed.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-completion-"));
afterAll(() => rmSync(cwd, { recursive: true }));
const shells = ["bash", "zsh", "fish", "powershell"];

beforeAll(async () => {
  for (const shell of shells) {
    const { code, out, error } = await runCommand(fromSource, ["completion", shell], { cwd });
    expect([code, error]).toEqual([0, ""]);
    await Bun.write(join(cwd, shell), out);
  }
});

/** What a shell says when it is given a script. */
function ask(program: string, script: string): { code: number; out: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([program, "-c", script], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd },
  });
  return { code: exitCode, out: `${stdout}${stderr}` };
}

describe("parley completion bash", () => {
  /** What is proposed for the last word. */
  const complete = (...words: string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const { out } = ask(
      "bash",
      `source ./bash; source ./bash; COMP_WORDS=(parley ${quoted}); COMP_CWORD=${words.length}; _parley; printf '%s\\n' "\${COMPREPLY[@]}"`,
    );
    return out.trim().split("\n");
  };

  test("proposes commands, those within a command, and what follows them", () => {
    expect(complete("")).toEqual(expect.arrayContaining(["serve", "chat", "doctor", "completion", "env"]));
    expect(complete("")).not.toContain("converter");
    expect(complete("ke")).toEqual(["keys"]);
    expect(complete("keys", "")).toEqual(["create", "list", "update", "revoke"]);
    expect(complete("config", "v")).toEqual(["validate"]);
    expect(complete("completion", "")).toEqual(shells);
  });

  test("proposes options, and their values where they are known", () => {
    expect(complete("keys", "create", "--ro")).toEqual(["--role"]);
    expect(complete("keys", "create", "--role", "")).toEqual(["admin", "user"]);
    expect(complete("keys", "create", "--role", "=", "a")).toEqual(["admin"]);
    expect(complete("keys", "create", "ann", "--role", "=")).toEqual(["admin", "user"]);
    expect(complete("models", "-p", "")).toEqual(adapters.map(({ name }) => name));
    expect(complete("serve", "--log-level", "")).toEqual(["debug", "info", "warn", "error", "silent"]);
    // Without a command the server is meant.
    expect(complete("--conversation-f")).toEqual(["--conversation-format"]);
    expect(complete("--robots", "")).toEqual(["true", "false"]);
  });

  test("is not confused by the values of options, and proposes files where a file is meant", () => {
    expect(complete("--data-dir", "keys", "rest")).toEqual(["restore"]);
    expect(complete("keys", "create", "--owner", "list", "--ro")).toEqual(["--role"]);
    // Nothing of ours: `complete -o default` proposes files.
    expect(complete("restore", "")).toEqual([""]);
    expect(ask("bash", "source ./bash; complete -p parley").out).toBe("complete -o default -F _parley parley\n");
  });

  test("runs nothing that stands in the line", () => {
    complete("ask", "$(touch ran)", "`touch ran`", "--mo");
    complete("ask", "$(touch ran)");
    expect(existsSync(join(cwd, "ran"))).toBe(false);
  });
});

test.skipIf(!isInstalled("zsh", "zsh's completion"))("zsh reads its script, and is told what to propose", () => {
  const stubs = `compdef() { :; }; compadd() { shift; print -r -- values $* }; _files() { print files $* }
_describe() { [[ $1 == -o ]] && shift; local -a all; all=("\${(@P)2}"); print -r -- \${(@)all%%:*} }`;
  const complete = (...words: string[]) =>
    ask(
      "zsh",
      `${stubs}\nsource ./zsh; words=(parley ${words.map((word) => `'${word}'`).join(" ")}); CURRENT=$#words; _parley`,
    ).out.trim();
  expect(complete("keys", "")).toBe("create list update revoke");
  expect(complete("keys", "create", "--role", "")).toBe("values admin user");
  expect(complete("restore", "")).toBe("files");
  expect(complete("serve", "--data-dir", "")).toBe("files -/");
});

test.skipIf(!isInstalled("fish", "fish's completion"))("fish reads its script, and proposes with it", () => {
  const complete = (line: string) =>
    ask("fish", `source ./fish; complete -C '${line}' | string replace -r '\\t.*' ''`).out.trim().split("\n");
  expect(complete("parley keys ").sort()).toEqual(["create", "list", "revoke", "update"]);
  expect(complete("parley keys create --role ").sort()).toEqual(["admin", "user"]);
  expect(complete("parley --data-dir keys rest")).toEqual(["restore"]);
});

test("no script holds a sign of a description that its shell would read as its own", async () => {
  for (const shell of ["zsh", "fish", "powershell"]) {
    const text = await Bun.file(join(cwd, shell)).text();
    const told = text.split("\n").filter((line) => line.includes("make, list, change and revoke access keys"));
    expect(told.length).toBeGreaterThan(0);
    for (const line of told) expect(line).not.toMatch(/`|\$\(|"\$/);
  }
});
