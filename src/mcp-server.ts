import { createMcpServer, type McpServer } from "./mcp/server.ts";
import { findPainter } from "./routing/painter.ts";
import { createTargets } from "./routing/target.ts";
import type { Services } from "./services.ts";
import { version } from "./version.ts";

/** The server of the Model Context Protocol, made of the services that are there for everybody else. */
export function createMcp(services: Omit<Services, "mcpServer">): McpServer {
  const { config, registry, catalogue, ready } = services;
  const targets = createTargets(registry, catalogue);
  return createMcpServer({
    ...services,
    async toTarget(model) {
      await ready;
      return targets.find(model);
    },
    async findPainter() {
      await ready;
      return findPainter(registry, catalogue);
    },
    searchMs: config.search_timeout * 1000,
    maxCalls: config.max_runs,
    version,
  });
}
