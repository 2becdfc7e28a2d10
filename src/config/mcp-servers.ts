import { isKeyLike, keysWithin, toShownAddress } from "../lib/key-like.ts";
import { isOfWeb } from "../lib/web-address.ts";
import type { McpServerSettings } from "./entry-settings.ts";
import { ConfigError } from "./error.ts";
import type { Environment } from "./file.ts";

/** @throws {ConfigError} for one that could never be reached, or that says two things */
export function assertMcpServers(servers: readonly McpServerSettings[]): void {
  for (const server of servers) {
    const why = whatIsWrong(server);
    if (why !== undefined) throw new ConfigError(`mcp_servers: ${server.name} ${why}`);
  }
  const names = new Set(servers.map(({ name }) => name.toLowerCase()));
  if (names.size < servers.length) throw new ConfigError("mcp_servers: two have the same name");
}

/** What a person should know of them. */
export function adviceOnMcpServers(servers: readonly McpServerSettings[]): string[] {
  return servers
    .filter(({ tools = [] }) => tools.length === 0)
    .map(({ name }) => `mcp_servers: ${name} allows none of its tools: name them in its tools, or "*" for all of them`);
}

/** What it is started with and sent: others may not see it, whatever it is. */
export function secretsOfMcp({ args = [], env = {}, headers = {}, url }: McpServerSettings): string[] {
  return [
    ...args.filter(isKeyLike),
    ...Object.values(env),
    ...Object.values(headers),
    ...(url === undefined ? [] : keysWithin(url)),
  ];
}

/** Of our environment, what programs of the operator's are started with. On Windows nothing starts without the rest of it. */
export function programEnv(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    ["PATH", "HOME", "SystemRoot", "USERPROFILE"].flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** One as people may see it: what it is sent is struck out, and what may be a key in its words or its address. */
export function tellMcpServer(server: McpServerSettings): Record<string, unknown> {
  const { args, env, url, headers, ...rest } = server;
  return {
    ...rest,
    ...(args && { args: args.map((each) => (isKeyLike(each) ? "…" : each)) }),
    ...(env && { env: strikeOut(env) }),
    ...(url !== undefined && { url: toShownAddress(url) }),
    ...(headers && { headers: strikeOut(headers) }),
  };
}

function strikeOut(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, "[set]"]));
}

function whatIsWrong({ command, args, env, url, headers }: McpServerSettings): string | undefined {
  if ((command === undefined) === (url === undefined)) return "needs a command or a url, and not both";
  if (url === undefined) return headers === undefined ? undefined : "has a command: headers are for a url";
  if (args !== undefined || env !== undefined) return "has a url: args and env are for a command";
  if (!URL.canParse(url) || !isOfWeb(new URL(url))) return "needs a url that begins with http:// or https://";
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") return "has a name or password in its url: send them as headers";
  return canBeSent(headers) ? undefined : "has a header that cannot be sent";
}

function canBeSent(headers: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(headers).every(
    ([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\x20-\x7e\t]*$/.test(value),
  );
}
