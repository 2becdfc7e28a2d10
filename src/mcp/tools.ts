import { isObject, type JsonObject } from "../lib/json.ts";
import type { Log } from "../lib/log.ts";
import { toApiError } from "../protocol/errors.ts";
import { type ToolResult, toText } from "./content.ts";
import { RpcError, rpcCodes } from "./json-rpc.ts";
import type { Tool, ToolContext } from "./tool.ts";
import { askModel } from "./tools/ask-model.ts";
import { generateImage } from "./tools/generate-image.ts";
import { readPage } from "./tools/read-page.ts";
import { searchFiles } from "./tools/search-files.ts";
import { searchMemory } from "./tools/search-memory.ts";
import { speak } from "./tools/speak.ts";
import { webSearch } from "./tools/web-search.ts";

/** In the order in which hosts show them. */
const tools: readonly Tool[] = [webSearch, readPage, generateImage, speak, askModel, searchFiles, searchMemory];

/** https://modelcontextprotocol.io/specification/2025-11-25/server/tools#listing-tools */
export function listTools(): object {
  return {
    tools: tools.map(({ name, title, description, inputSchema, outputSchema, annotations }) => {
      return { name, title, description, inputSchema, ...(outputSchema && { outputSchema }), annotations };
    }),
  };
}

/**
 * What a tool gives, or what went wrong, in words for the model.
 *
 * @throws {RpcError} where there is no such tool
 */
export async function callTool({ name, arguments: args = {} }: JsonObject, context: ToolContext): Promise<ToolResult> {
  const tool = tools.find((each) => each.name === name);
  if (!tool)
    throw new RpcError(
      rpcCodes.invalidParams,
      `name: there is no such tool; there are ${tools.map(({ name }) => name).join(", ")}`,
    );
  if (!isObject(args)) throw new RpcError(rpcCodes.invalidParams, "arguments: expected an object");
  try {
    return await tool.call(args, context);
  } catch (thrown) {
    // Nobody is told any more.
    context.signal.throwIfAborted();
    return toFailedResult(tool.name, thrown, context.parts.log);
  }
}

function toFailedResult(name: string, thrown: unknown, log: Log): ToolResult {
  const failure = toApiError(thrown);
  if (failure.reason === "internal") log.error("a tool failed inside the server", { tool: name, error: thrown });
  const { message, retryAfterMs } = failure;
  const later = retryAfterMs === undefined ? "" : ` (again in ${Math.ceil(retryAfterMs / 1000)} s)`;
  return { content: [toText(message + later)], isError: true };
}
