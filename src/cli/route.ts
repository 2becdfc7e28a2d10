import { Command, InvalidArgumentError } from "commander";
import { print } from "../lib/log.ts";
import type { Decision } from "../protocol/trace.ts";
import { readNeeds } from "../routing/asked.ts";
import { openServices } from "../services.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { readConfigOnce, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";

interface ExplainOptions {
  readonly model?: string;
  readonly provider?: string;
  readonly needs?: string;
  readonly promptTokens?: number;
  readonly json?: boolean;
}

export function routeCommand(): Command {
  return new Command("route").description("see how the router decides").addCommand(explainCommand());
}

function explainCommand(): Command {
  const command = new Command("explain")
    .description("who would be asked, in order, and why the others would not; nobody is asked")
    .option("-m, --model <name>", "for this model or route; without it for any")
    .option("-p, --provider <name>", "with this provider named")
    .option("--needs <list>", "supposing that the messages need vision, audio or tools")
    .option("--prompt-tokens <number>", "supposing a prompt of that length", toCount)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nWhat it says holds for a server that has just started. GET /backend-api/v2/route of a running one knows who\n" +
        "cools, who is busy and how fast each has been; GET /backend-api/v2/runs/<run_id>/trace tells of one answer.",
    )
    .action(async (options: ExplainOptions & Record<string, unknown>) => {
      await using services = openServices(readConfigOnce({ logLevel: "warn", ...options }));
      const { model = null, provider = null, needs = "", promptTokens = 0 } = options;
      const supposed = { needs: readNeeds(needs), promptTokens };
      const decision = await services.router.explain({ model, provider }, supposed);
      if (options.json) printJson(decision);
      else print(toText(decision));
      if (decision.candidates.length === 0) process.exitCode = 1;
    });
  withExamples(command, {
    "parley route explain": "who answers those who name nobody",
    "parley route explain -m gpt-4o": "who answers for a model, or a route of the settings",
    "parley route explain --needs vision,tools --json": "as GET /backend-api/v2/route",
  });
  return withSettings(command);
}

function toCount(typed: string): number {
  if (/^\d{1,9}$/.test(typed)) return Number(typed);
  throw new InvalidArgumentError("Expected a number of tokens.");
}

function toText({ candidates, considered, strategy, route, hedge_after_ms }: Decision): string {
  const order = candidates.map(({ provider, model, key, first_token_timeout_ms: ms }, index) => [
    `${index + 1}.`,
    provider,
    model,
    ms === null ? "" : `${ms / 1000} s`,
    key === undefined ? "" : `key ${key}`,
  ]);
  const left = considered.flatMap(({ provider, model, skipped }) =>
    skipped === null ? [] : [[provider, model ?? "", skipped]],
  );
  const rules = [
    `strategy: ${strategy}`,
    ...(route === null ? [] : [`route: ${route}`]),
    ...(hedge_after_ms === null ? [] : [`a second beside it after ${hedge_after_ms / 1000} s`]),
  ];
  return [
    `${rules.join("; ")}\n\n`,
    order.length > 0 ? toTable(["", "PROVIDER", "MODEL", "WAITED FOR", ""], order) : "nobody would be asked\n",
    ...(left.length > 0 ? [`\n${toTable(["LEFT OUT", "MODEL", "WHY"], left)}`] : []),
  ].join("");
}
