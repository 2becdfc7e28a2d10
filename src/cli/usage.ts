import { Command, InvalidArgumentError } from "commander";
import { openDataDirectory } from "../data-directory.ts";
import { dayMs, utcDay } from "../lib/clock.ts";
import { print } from "../lib/log.ts";
import { encodeUsageStats } from "../runs/usage-stats.ts";
import { type NamedCounts, sumUp } from "../store/usage-reads.ts";
import { withExamples } from "./examples.ts";
import { readConfig, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";

interface UsageOptions extends Readonly<Record<string, unknown>> {
  readonly days: number;
  readonly user?: string;
  readonly json?: boolean;
}

/** Of so many models, providers and users. */
const shownNames = 10;

export function usageCommand(): Command {
  const command = new Command("usage")
    .description("what everybody's runs came to, by day, model, provider and user")
    .option("--days <number>", "of so many days, today included", toDays, 30)
    .option("--user <name>", "of this user alone")
    .option("--json", "print JSON, as GET /backend-api/v2/stats")
    .action(async ({ days, user, json, ...options }: UsageOptions) => {
      await using store = openDataDirectory(readConfig(options));
      const now = Date.now();
      const from = utcDay(now - (days - 1) * dayMs);
      const found = await store.usage.totals({ owner: null, user: user || null, from, to: utcDay(now) });
      if (json) return print(`${encodeUsageStats(found)}\n`);
      const total = { ...sumUp(found.days), name: "all" };
      print(toCounts("DAY", [...found.days, total]));
      for (const [heading, names] of [
        ["MODEL", found.models],
        ["PROVIDER", found.providers],
        ["USER", found.users],
      ] as const)
        if (names.length > 0) print(`\n${toCounts(heading, names.slice(0, shownNames))}`);
    });
  withExamples(
    command,
    {
      "parley usage": "of the last thirty days",
      "parley usage --days 1 --user ann": "what one user has had today",
      "parley usage --json": "as GET /backend-api/v2/stats",
    },
    "Limit what a key may use: parley keys create <name> --tokens-per-day 200000",
  );
  return withSettings(command);
}

function toCounts(heading: string, counts: readonly NamedCounts[]): string {
  const rows = counts.map(({ name, requests, prompt_tokens, completion_tokens, total_tokens, cost }) => [
    name === "" ? "(none)" : name,
    ...[requests, prompt_tokens, completion_tokens, total_tokens].map(String),
    cost.toFixed(4),
  ]);
  return toTable([heading, "REQUESTS", "PROMPT", "COMPLETION", "TOKENS", "COST IN $"], rows);
}

function toDays(typed: string): number {
  if (/^[1-9]\d{0,3}$/.test(typed)) return Number(typed);
  throw new InvalidArgumentError("Expected a number of days.");
}
