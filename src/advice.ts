import type { Config } from "./config/load.ts";
import { keysOf } from "./config/providers.ts";
import type { LocalRuntime } from "./providers/discovery.ts";
import type { Registry } from "./providers/registry.ts";

/** What would make a language model available here and now. */
export function adviseOn(config: Config, registry: Registry, runtimes: readonly LocalRuntime[]): string[] {
  const present = registry.list();
  const servers = runtimes.filter((runtime) => runtime.address !== undefined);
  const running = servers.filter(({ provider }) => present.includes(provider));
  const missing = servers.filter((runtime) => !running.includes(runtime));
  const places = missing.map(({ provider, address }) => `${provider.label} at ${new URL(address).host}`).join(", ");
  const keyless = config.providers.filter((each) => each.adapter.keyNames.length > 0 && keysOf(each).length === 0);
  const keyNames = keyless.slice(0, 3).map(({ adapter }) => `\`${adapter.keyNames[0]}\``);
  const [first] = keyless;
  return [
    ...(first
      ? [
          "Enter a key in the page, under Models and keys: it is kept encrypted, and used at once.",
          `Set a key in the environment and start again: ${keyNames.join(", ")} (\`parley providers\` lists them all); or in \`parley.yaml\`.`,
        ]
      : []),
    ...(first ? [`Or send your own key with the question: \`"provider": "${first.name}", "api_key": "…"\`.`] : []),
    ...running.map(
      ({ provider, address }) =>
        `${provider.label} is running at ${new URL(address).host}: ask it with \`"provider": "${provider.name}"\`.`,
    ),
    config.discovery
      ? `Or start a local runtime, which is found within half a minute; not running now: ${places}.`
      : "Or start a local runtime and let it be found: `discovery: true` in `parley.yaml`.",
  ];
}
