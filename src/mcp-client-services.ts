import type { Config } from "./config/load.ts";
import { secretsOfMcp } from "./config/mcp-servers.ts";
import { type Clock, toSteadyClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { createMcpServers, type McpServer, type McpServers } from "./mcp-client/servers.ts";
import { version } from "./version.ts";

const defaultTimeout = 60;

/** The MCP servers of the settings. None is started before a run wants its tools. */
export function openMcpServices(config: Config, clock: Clock, log: Log): McpServers {
  const servers = config.mcp_servers.map((each): McpServer => {
    const { name, command, args = [], env = {}, url, headers = {} } = each;
    return {
      name,
      address:
        url === undefined
          ? { command: command ?? "", args, env: { ...config.programEnv, ...env } }
          : { url, headers, isProxied: config.isProxied, connectMs: config.connect_timeout * 1000 },
      allowed: each.tools ?? [],
      timeoutMs: (each.timeout ?? defaultTimeout) * 1000,
      isAlways: each.always ?? false,
      secrets: secretsOfMcp(each),
    };
  });
  return createMcpServers(servers, { clock: toSteadyClock(clock), log, version });
}
