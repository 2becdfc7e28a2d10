import { Command } from "commander";
import { ConfigError } from "../../config/error.ts";
import { openDataDirectory } from "../../data-directory.ts";
import { dayMs } from "../../lib/clock.ts";
import { print } from "../../lib/log.ts";
import { withExamples } from "../examples.ts";
import { printJson } from "../json.ts";
import { readConfig, withSettings } from "../settings.ts";
import { type LimitOptions, orDefault, toColumns, toDays, withLimits } from "./limits.ts";
import { toPublic } from "./public.ts";

interface UpdateOptions extends LimitOptions, Readonly<Record<string, unknown>> {
  readonly expires?: number | "never";
  readonly json?: boolean;
}

export function updateCommand(): Command {
  const command = new Command("update")
    .description("change when a key ends, or its limits; what is not named stays as it is")
    .argument("<key>", "its id, or its name")
    .option("--expires <days>", "in how many days it ends, or `never`", (typed) =>
      typed === "never" ? typed : toDays(typed),
    );
  withLimits(command, "`default` for the setting's", orDefault)
    .option("--json", "print JSON")
    .action(async (wanted: string, options: UpdateOptions) => {
      const { expires } = options;
      const changes = {
        ...toColumns(options),
        ...(expires !== undefined && {
          expires_at: expires === "never" ? null : Math.round(Date.now() + expires * dayMs),
        }),
      };
      if (Object.keys(changes).length === 0)
        throw new ConfigError("say what is to change: see parley keys update --help");
      await using store = openDataDirectory(readConfig(options));
      const updated = await store.accessKeys.update(wanted, changes);
      if (!updated) throw new ConfigError(`no key that is not revoked has this id or name: see parley keys list`);
      if (options.json) return printJson(toPublic(updated));
      print(`${updated.name} (${updated.id}) is changed\n`);
    });
  withExamples(
    command,
    {
      "parley keys update ci --rate 60/min --concurrency 3": "slower, and not all at once",
      "parley keys update ci --rate default --expires never": "as the settings say, and for good",
    },
    "A running server knows at once. For another key, revoke it and make one of the same owner.",
  );
  return withSettings(command);
}
