import { Command } from "commander";
import type { Config } from "../config/load.ts";
import { ipOf } from "../lib/host-port.ts";
import { textAt, tryParseJson } from "../lib/json.ts";
import { print } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import { readSmallText } from "../providers/small-text.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { toOrigin } from "./origin.ts";
import { readConfig, withSettings } from "./settings.ts";

/** A server that has not answered by then is not well. */
const patienceMs = 5000;

interface HealthOptions extends Readonly<Record<string, unknown>> {
  readonly url?: string;
  readonly json?: boolean;
}

export function healthCommand(): Command {
  const command = new Command("health")
    .description("ask the running server whether it answers; exit code 0 where it does, 1 where it does not")
    .option("--url <address>", "the server's address; else this machine and the port of the settings")
    .option("--json", "print JSON")
    .action(async (options: HealthOptions) => {
      const config = readConfig(options);
      const origin = toOrigin(config, options.url);
      const startedAt = performance.now();
      await assertWell(origin, config, options.url === undefined);
      const milliseconds = Math.round(performance.now() - startedAt);
      if (options.json) return printJson({ origin, milliseconds });
      print(`Parley answers at ${origin}, in ${milliseconds} ms\n`);
    });
  withExamples(
    command,
    {
      "parley health": "of the server that these settings start here",
      "parley health --url https://chat.example.com": "of one elsewhere, through what stands in front of it",
      'HEALTHCHECK CMD ["parley", "health"]': "in a Dockerfile",
    },
    "It needs no access key. What is wrong with providers, parley doctor says.",
  );
  return withSettings(command);
}

/** @throws {ApiError} that says why it is not */
async function assertWell(origin: string, { isProxied }: Config, isOurs: boolean): Promise<void> {
  const ip = ipOf(new URL(origin).hostname);
  const said = await readSmallText({
    of: "Parley",
    url: `${origin}/healthz`,
    maxBytes,
    patienceMs,
    isProxied,
    // Our own address is asked without the environment's proxy, which would not know it.
    ips: isOurs && ip !== undefined ? [ip] : undefined,
  });
  if (textAt(tryParseJson(said), "status") === "ok") return;
  throw new ApiError("upstream_failed", `what answers at ${origin} is no Parley: is the address right?`);
}

const maxBytes = 64 * 1024;
