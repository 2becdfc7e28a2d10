import type { McpTool } from "../../mcp-client/servers.ts";

/** Vendors take no longer names, and no other letters. */
const maxLength = 64;

/** Tools by what models call them: the server's name and their own. Two are never called the same. */
export function nameTools(tools: readonly McpTool[]): ReadonlyMap<string, McpTool> {
  const named = new Map<string, McpTool>();
  for (const tool of tools) {
    const name = `${tool.server}__${tool.name}`.replace(/[^\w-]/g, "_");
    named.set(toFree(name, named), tool);
  }
  return named;
}

function toFree(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name.slice(0, maxLength);
  for (let nth = 2; taken.has(free); nth++) free = `${name.slice(0, maxLength - `_${nth}`.length)}_${nth}`;
  return free;
}
