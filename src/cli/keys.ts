import { Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../config/error.ts";
import { openDataDirectory } from "../data-directory.ts";
import { dayMs, toTime, utcDay } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { createId } from "../lib/ids.ts";
import { print, printError } from "../lib/log.ts";
import type { CallerRole } from "../protocol/caller.ts";
import { assertId } from "../protocol/ids.ts";
import type { AccessKeyRow } from "../store/access-keys.ts";
import { withExamples } from "./examples.ts";
import { readConfig, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";
import { printJson } from "./json.ts";

type Options = Readonly<Record<string, unknown>>;

interface CreateOptions extends Options {
  readonly owner?: string;
  readonly role: CallerRole;
  readonly expires?: number;
  readonly tokensPerDay?: number;
  readonly costPerDay?: number;
  readonly json?: boolean;
}

export function keysCommand(): Command {
  return new Command("keys")
    .description("make, list and revoke access keys; a running server knows at once")
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  const command = new Command("create")
    .description("make a key and print it, once: only its digest is kept")
    .argument("<name>", "what you call it")
    .option("--owner <owner>", "whose everything is that is made with it; several keys may share one. Else the name")
    .addOption(new Option("--role <role>", "what it may").choices(["admin", "user"]).default("user"))
    .option("--expires <days>", "after how many days it ends", toNumber(0.001, 36_500))
    .option("--tokens-per-day <number>", "its budget, in tokens; 0 for none, else the setting's", toNumber(0, 1e12))
    .option("--cost-per-day <dollars>", "its budget, in US dollars; 0 for none, else the setting's", toNumber(0, 1e6))
    .option("--json", "print JSON: the key, whose it is, and its limits")
    .addHelpText("after", "\nOnce a key was made, everybody needs one, also after it is revoked.")
    .action(async (name: string, options: CreateOptions) => {
      const { owner = name, role, expires, tokensPerDay = null, costPerDay = null } = options;
      assertId("name", name);
      assertId("--owner", owner);
      if (owner === "all") throw new ConfigError("--owner all: that means everybody's");
      await using store = openDataDirectory(readConfig(options));
      const key = `pk_${crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })}`;
      const now = Date.now();
      const row: AccessKeyRow = {
        id: createId("key"),
        name,
        owner,
        role,
        digest: digestOf(key),
        created_at: now,
        expires_at: expires === undefined ? null : Math.round(now + expires * dayMs),
        revoked_at: null,
        tokens_per_day: tokensPerDay === null ? null : Math.round(tokensPerDay),
        cost_per_day: costPerDay,
      };
      const isNew = await store.accessKeys.insert(row);
      if (!isNew) throw new ConfigError(`there is a key named ${name}: revoke it first, or take another name`);
      if (options.json) return printJson({ key, ...toPublic(row) });
      print(`${key}\n`);
      printError(`Keep it: it is not shown again. Callers send it as Authorization: Bearer pk_…\n`);
    });
  withExamples(
    command,
    {
      "parley keys create ann": "for a person",
      "parley keys create ci --expires 30 --tokens-per-day 200000": "for a while, and with a budget",
      "parley keys create root --role admin": "for whoever may see what is everybody's",
    },
    "Then let others in: parley serve --host 0.0.0.0",
  );
  return withSettings(command);
}

function listCommand(): Command {
  const command = new Command("list")
    .description("list the keys that were made, when they end, what they may use in a day, and what they have today")
    .option("--json", "print JSON")
    .action(async (options: { readonly json?: boolean } & Options) => {
      await using store = openDataDirectory(readConfig(options));
      const day = utcDay(Date.now());
      const keys = await Promise.all(
        (await store.accessKeys.list()).map(async (row) => {
          const { tokens, nanodollars } = await store.budgets.get({ key_id: row.id, day });
          return { ...toPublic(row), tokens_today: tokens, cost_today: nanodollars / 1e9 };
        }),
      );
      if (options.json) return printJson(keys);
      const rows = keys.map(({ id, name, owner, role, state, expires_at, ...key }) => [
        name,
        owner,
        role,
        state,
        expires_at?.slice(0, 10) ?? "",
        toAmounts(key.tokens_per_day, key.cost_per_day),
        toAmounts(key.tokens_today, key.cost_today),
        id,
      ]);
      print(toTable(["NAME", "OWNER", "ROLE", "STATE", "ENDS", "A DAY", "TODAY", "ID"], rows));
    });
  withExamples(command, { "parley keys list": "as a table", "parley keys list --json": "for a script" });
  return withSettings(command);
}

function revokeCommand(): Command {
  const command = new Command("revoke")
    .description("end a key, for good")
    .argument("<key>", "its id, or its name")
    .option("--json", "print JSON")
    .action(async (wanted: string, options: { readonly json?: boolean } & Options) => {
      await using store = openDataDirectory(readConfig(options));
      const revoked = await store.accessKeys.revoke(wanted, Date.now());
      if (!revoked) throw new ConfigError(`no key that could be revoked has this id or name: see parley keys list`);
      if (options.json) return printJson(toPublic(revoked));
      print(`${revoked.name} (${revoked.id}) is revoked\n`);
    });
  withExamples(
    command,
    { "parley keys revoke ann": "by its name, or its id" },
    "What was made with it stays its owner's.",
  );
  return withSettings(command);
}

function toPublic({ digest: _, created_at, expires_at, revoked_at, ...row }: AccessKeyRow) {
  const isExpired = expires_at !== null && expires_at <= Date.now();
  return {
    ...row,
    state: revoked_at !== null ? "revoked" : isExpired ? "expired" : "usable",
    created_at: toTime(created_at),
    expires_at: toTime(expires_at),
    revoked_at: toTime(revoked_at),
  };
}

function toAmounts(tokens: number | null, dollars: number | null): string {
  return [...(tokens ? [`${tokens} tokens`] : []), ...(dollars ? [`$${dollars}`] : [])].join(", ");
}

function toNumber(least: number, most: number) {
  return (typed: string): number => {
    const number = typed.trim() === "" ? NaN : Number(typed);
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
  };
}
