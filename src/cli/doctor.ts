import { Command } from "commander";
import type { Config } from "../config/load.ts";
import { print, printError } from "../lib/log.ts";
import { type ApiError, orTimedOut } from "../protocol/errors.ts";
import type { Quota } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";
import { openServices, type Services } from "../services.ts";
import { readConfig, toConfigOnce, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";

/** What came of a look at one provider. */
interface Finding {
  readonly provider: string;
  /** null where it has nothing that is free to ask. */
  readonly works: boolean | null;
  readonly models: number;
  readonly milliseconds: number;
  readonly quota: Quota | null;
  /** What is wrong and what to do about it; null where nothing is. */
  readonly advice: string | null;
}

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("ask every provider that is set up for its models, look through the database, and say what to mend")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nNothing is paid for: lists of models are free. Exit code 1 where a provider does not work, a\n" +
        "setting names one that is not there, or the database is damaged.",
    )
    .action(async (options: { json?: boolean } & Record<string, unknown>) => {
      const config = readConfig({ logLevel: "warn", ...options });
      await using services = openServices(toConfigOnce(config));
      const { registry, ready } = services;
      await ready;
      const asked = registry.list().filter((provider) => registry.isActive(provider) && !provider.lastResort);
      const [damage, findings] = await Promise.all([
        services.store.damage(),
        Promise.all(asked.map((provider) => look(provider, services))),
      ]);
      tellDamage(damage);
      tellSettings(config, services);
      if (findings.some(({ works }) => works === false)) process.exitCode = 1;
      if (!options.json && damage.length === 0) print("The database is sound.\n\n");
      if (options.json) return print(`${JSON.stringify(findings, null, 2)}\n`);
      print(`${tellEngines(services)}\n\n`);
      if (findings.length === 0)
        return print("No provider is set up: set a vendor's key, such as OPENAI_API_KEY, or start a local runtime.\n");
      print(toTable(["PROVIDER", "WORKS", "MODELS", "TIME", "LEFT", "WHAT TO DO"], findings.map(toRow)));
    });
  return withSettings(command);
}

function tellDamage(damage: readonly string[]): void {
  if (damage.length === 0) return;
  process.exitCode = 1;
  printError(
    `parley: the database is damaged: ${damage[0]}; parley restore <file> --force puts a backup in its place\n`,
  );
}

/** They are not asked: some are paid for each question. */
function tellEngines({ webSearch }: Services): string {
  const [first, ...others] = webSearch.engines;
  if (first === undefined) return "Web search is off: no search engine is set up.";
  return `Web search asks ${[first, ...others.map((name) => `then ${name}`)].join(", ")}.`;
}

/** The setting without which an engine is left out. */
const engineNeeds = { searxng: "searxng_url", brave: "brave_api_key", tavily: "tavily_api_key" } as const;

/** What names a model that nobody offers fails in the background, where nobody looks; so does a search. */
function tellSettings(config: Config, { registry }: Services): void {
  for (const engine of config.origins.search_engines === "default" ? [] : config.search_engines) {
    if (engine === "off" || engine === "duckduckgo" || config[engineNeeds[engine]] !== "") continue;
    process.exitCode = 1;
    printError(`parley: search_engines names ${engine}: ${engineNeeds[engine]} is not set\n`);
  }
  for (const setting of ["memory_embeddings", "memory_model", "title_model"] as const) {
    const [name = ""] = config[setting].split("/");
    if (["", "off", "auto"].includes(name)) continue;
    const provider = registry.find(name);
    const why =
      provider === undefined
        ? "no provider is called so, see parley providers"
        : !registry.isActive(provider)
          ? "it is not set up, see parley providers"
          : setting === "memory_embeddings" && provider.embed === undefined
            ? "it offers no embeddings"
            : undefined;
    if (why === undefined) continue;
    process.exitCode = 1;
    printError(`parley: ${setting} names ${name}: ${why}\n`);
  }
}

/** Longest wait for one provider, in milliseconds. */
const patienceMs = 10_000;

async function look(provider: Provider, { catalogue, quotas }: Services): Promise<Finding> {
  const { name } = provider;
  const startedAt = performance.now();
  const failure = await provider.check?.({ signal: AbortSignal.timeout(patienceMs) }).then(() => undefined, toFailure);
  const milliseconds = Math.round(performance.now() - startedAt);
  const works = provider.check ? failure === undefined : null;
  const models = failure ? 0 : ((await catalogue.find(provider))?.length ?? 0);
  // It is told where it is offered; that it cannot be read just now is no fault of the provider's.
  const quota = works && provider.quota ? await quotas.get(provider).catch(() => null) : null;
  const advice = failure?.message ?? (works === null ? "it has nothing that is free to ask" : adviceOn(models));
  return { provider: name, works, models, milliseconds, quota, advice };
}

function toFailure(thrown: unknown): ApiError {
  return orTimedOut(thrown, `it did not answer within ${patienceMs / 1000} s`);
}

function adviceOn(models: number): string | null {
  return models === 0 ? "it offers no models" : null;
}

function toRow({ provider, works, models, milliseconds, quota, advice }: Finding): string[] {
  const left = quota?.remaining == null ? "" : `${quota.remaining} ${quota.unit ?? ""}`.trim();
  const word = works === null ? "?" : works ? "yes" : "no";
  return [provider, word, works === false ? "" : String(models), `${milliseconds} ms`, left, advice ?? ""];
}
