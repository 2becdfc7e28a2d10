import type { Services } from "../../services.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, fail } = findingsAbout("tools");

/** Starts every MCP server that is set up, and asks for its tools. */
export async function checkTools({ mcp, config }: Services): Promise<Finding[]> {
  const servers = await mcp.look(true, new AbortController().signal);
  return servers.map(({ name, state, reason, tools }) => {
    if (state === "down" && reason !== null)
      return fail(name, reason, `see ${name} in mcp_servers of parley.yaml; log_level debug shows what it says`);
    const named = config.mcp_servers.find((server) => server.name === name)?.tools ?? [];
    if (named.length === 0)
      return warn(name, "it is up, and models may call none of its tools", 'name them in its tools, or "*"');
    const missing = named.filter((each) => each !== "*" && !tools.some((tool) => tool.name === each));
    if (missing.length > 0)
      return warn(name, `it has no tool ${missing.join(", ")}`, "take it out of its tools, or mend its name");
    return ok(name, `up, with ${tools.length} ${tools.length === 1 ? "tool" : "tools"} that models may call`);
  });
}
