import { Command, Option } from "commander";
import { ConfigError } from "../config/error.ts";
import { openDataDirectory } from "../data-directory.ts";
import { createKey } from "../http/new-key.ts";
import { dayMs, utcDay } from "../lib/clock.ts";
import { print, printError } from "../lib/log.ts";
import { type CallerRole, localCaller } from "../protocol/caller.ts";
import { assertId } from "../protocol/ids.ts";
import { withExamples } from "./examples.ts";
import { type LimitOptions, tellLimits, toColumns, toDays, withLimits } from "./keys/limits.ts";
import { toPublic } from "./keys/public.ts";
import { updateCommand } from "./keys/update.ts";
import { readConfig, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";
import { printJson } from "./json.ts";

type Options = Readonly<Record<string, unknown>>;

interface CreateOptions extends Options, LimitOptions {
  readonly owner?: string;
  readonly role: CallerRole;
  readonly expires?: number;
  readonly json?: boolean;
}

export function keysCommand(): Command {
  return new Command("keys")
    .description("make, list, change and revoke access keys; a running server knows at once")
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(updateCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  const command = new Command("create")
    .description("make a key and print it, once: only its digest is kept")
    .argument("<name>", "what you call it")
    .option("--owner <owner>", "who owns what is made with it; several keys may share one. Else the name")
    .addOption(
      new Option("--role <role>", "what it may: an admin also sees settings, metrics and usage of all")
        .choices(["admin", "user"])
        .default("user"),
    )
    .option("--expires <days>", "after how many days it ends", toDays);
  withLimits(command)
    .option("--json", "print JSON: the key, whose it is, and its limits")
    .addHelpText(
      "after",
      "\nOnce a key was made, everybody needs one, also after it is revoked. What was made without one\nbelongs to the owner local: --owner local goes on with it.",
    )
    .action(async (name: string, options: CreateOptions) => {
      const { owner = name, role, expires } = options;
      assertId("name", name);
      assertId("--owner", owner);
      if (owner === "all") throw new ConfigError("--owner all: that means everybody's");
      await using store = openDataDirectory(readConfig(options));
      const now = Date.now();
      const expires_at = expires === undefined ? null : Math.round(now + expires * dayMs);
      const { key, row } = createKey({ name, owner, role, expires_at, ...toColumns(options) }, now);
      const isNew = await store.accessKeys.insert(row);
      if (!isNew) throw new ConfigError(`there is a key named ${name}: revoke it first, or take another name`);
      if (options.json) return printJson({ key, ...toPublic(row) });
      print(`${key}\n`);
      if (owner === localCaller.owner)
        printError(
          `Its owner is ${owner}: it has what was made without a key, or is with access_key; --owner takes another\n`,
        );
      printError(`Keep it: it is not shown again. Callers send it as Authorization: Bearer pk_…\n`);
    });
  withExamples(
    command,
    {
      "parley keys create ann": "for a person",
      "parley keys create ci --expires 30 --tokens-per-day 200000": "for a while, and with a budget",
      "parley keys create bot --rate 60/min --concurrency 3": "which may not take everybody's place",
      "parley keys create root --role admin": "for whoever may see what is everybody's",
    },
    "Then let others in: parley serve --host 0.0.0.0",
  );
  return withSettings(command);
}

function listCommand(): Command {
  const command = new Command("list")
    .description(
      "list the keys that were made, when they end, what they may use in a day and have today, and how often they may ask",
    )
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
        tellLimits(key),
        id,
      ]);
      print(toTable(["NAME", "OWNER", "ROLE", "STATE", "ENDS", "A DAY", "TODAY", "LIMITS", "ID"], rows));
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

function toAmounts(tokens: number | null, dollars: number | null): string {
  return [...(tokens ? [`${tokens} tokens`] : []), ...(dollars ? [`$${dollars}`] : [])].join(", ");
}
