import { type Mark, print, printMarked } from "../../lib/log.ts";
import type { Quota } from "../../protocol/models.ts";
import { printJson } from "../json.ts";

/** What came of a look at one thing. `--json` prints these as they are. */
export interface Finding {
  readonly about: "settings" | "providers" | "search" | "tools" | "data" | "clock" | "server";
  /** What was looked at: `OpenAI`, `disk`. */
  readonly name: string;
  /** `skip`: it could not be looked at, or costs something; that is no fault. */
  readonly status: Mark;
  readonly found: string;
  /** What to do about it; null where nothing is wrong. */
  readonly cure: string | null;
  readonly models?: number;
  readonly milliseconds?: number;
  readonly quota?: Quota | null;
}

/** What a check says of its things: `ok`, `warn`, `fail` or `skip`. */
export function findingsAbout(about: Finding["about"]) {
  const create =
    (status: Mark) =>
    (name: string, found: string, cure: string | null = null, more: Partial<Finding> = {}): Finding => ({
      about,
      name,
      status,
      found,
      cure,
      ...more,
    });
  return { ok: create("ok"), warn: create("warn"), fail: create("fail"), skip: create("skip") };
}

const headings: Readonly<Record<Finding["about"], string>> = {
  settings: "Settings",
  providers: "Providers",
  search: "Web search",
  tools: "MCP servers",
  data: "Data",
  server: "The server, as its clients see it",
  clock: "Clock",
};

/** Tells what was found, and sets the exit code. */
export function report(findings: readonly Finding[], asJson: boolean): void {
  const count = (status: Mark) => findings.filter((each) => each.status === status).length;
  if (count("fail") > 0) process.exitCode = 1;
  if (asJson) return printJson({ ok: count("fail") === 0, findings });
  const width = Math.max(...findings.map(({ name }) => Bun.stringWidth(name)));
  for (const [about, heading] of Object.entries(headings)) {
    const those = findings.filter((finding) => finding.about === about);
    if (those.length === 0) continue;
    print(`${heading}\n`);
    for (const { status, name, found, cure } of those) {
      printMarked(status, `${name}${" ".repeat(width - Bun.stringWidth(name))}  ${oneLine(found)}`);
      if (cure !== null) print(`     ${" ".repeat(width)}  → ${oneLine(cure)}\n`);
    }
    print("\n");
  }
  const faults = count("fail");
  const doubts = count("warn");
  if (faults + doubts === 0) return print("All is well.\n");
  print(`${faults} ${faults === 1 ? "fault" : "faults"}, ${doubts} ${doubts === 1 ? "doubt" : "doubts"}.\n`);
}

/** What comes from outside may hold what a terminal obeys, or breaks the line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "�");
}
