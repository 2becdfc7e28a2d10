import { createMcpServer, type McpServer } from "./mcp/server.ts";
import type { Target } from "./mcp/parts.ts";
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
    findPainter,
    searchMs: config.search_timeout * 1000,
    maxCalls: config.max_runs,
    version,
  });

  /** The first that is listed, of the first provider that lists one. */
  async function findPainter(): Promise<Target | undefined> {
    await ready;
    for (const provider of registry.select()) {
      const models = (await catalogue.find(provider)) ?? [];
      const painters = models.filter(({ image }) => image);
      const painter = painters.find(({ id }) => provider.makes?.(id) === "image") ?? painters[0];
      if (painter) return { provider: provider.name, model: painter.id };
    }
    return undefined;
  }
}
