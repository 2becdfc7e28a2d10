import { isObject, type JsonObject, tryParseJson } from "../../lib/json.ts";
import { oneLine } from "../../lib/text.ts";
import type { McpTool } from "../../mcp-client/servers.ts";
import type { ApiError } from "../../protocol/errors.ts";
import { toStatus } from "../search/status.ts";
import type { OurCall } from "../tools/call-sorter.ts";
import type { Granted, ToolKind, Wish, WishParts } from "../tools/tool-kind.ts";
import { lastWords, whySpent } from "../tools/spent.ts";
import { toGiven, toRefused } from "./given.ts";
import { nameTools } from "./tool-names.ts";

export interface McpKindParts {
  readonly maxRounds: number;
  readonly note: (log: string) => void;
  readonly toFailure: (thrown: unknown) => ApiError;
}

/** Of what is called with, in characters: with more a model has run wild. */
const maxArgumentsLength = 100_000;
/** Of what people are shown. */
const maxStatusLength = 200;
/** How often people are shown how far one call is. */
const maxProgress = 100;
/** Vendors take no more tools, together with the caller's; arbitrary. */
const maxTools = 100;

/** The tools of MCP servers, as what a model may call. `undefined` where there are none. */
export function createMcpKind(tools: readonly McpTool[], parts: McpKindParts): ToolKind | undefined {
  const { maxRounds, note } = parts;
  if (tools.length === 0) return undefined;
  if (tools.length > maxTools) note(`mcp: of ${tools.length} tools the first ${maxTools} are offered`);
  const named = nameTools(tools.slice(0, maxTools));
  return {
    label: "mcp",
    tools: [...named].map(([name, { description, title, parameters }]) => ({
      type: "function",
      function: { name, description: description ?? title ?? "", parameters },
    })),
    maxRounds,
    status: toStatus("Calling tools"),
    whySpent,
    lastWords,
    read: (call) => {
      const tool = named.get(call.name);
      // The sorter takes calls of these names alone.
      if (!tool) throw new Error("a tool was called that was not offered");
      return toWish(tool, call, parts);
    },
  };
}

function toWish(tool: McpTool, call: OurCall, parts: McpKindParts): Wish {
  const label = oneLine(`${tool.server}: ${tool.name}`, maxStatusLength);
  const args = readArguments(call.arguments);
  if (!args) return { shown: [], grant: async () => () => "Nothing was called: write the arguments as a JSON object." };
  const status = oneLine(call.arguments.slice(0, maxStatusLength * 4), maxStatusLength);
  return {
    shown: [{ type: "reasoning", label, status }],
    grant: (wish) => grant(tool, args, label, wish, parts),
  };
}

/** Models leave out what is empty. */
function readArguments(json: string): JsonObject | undefined {
  if (json.trim() === "") return {};
  const args = json.length <= maxArgumentsLength ? tryParseJson(json) : undefined;
  return isObject(args) ? args : undefined;
}

async function grant(
  tool: McpTool,
  args: JsonObject,
  label: string,
  { signal, show, seesPictures }: WishParts,
  { note, toFailure }: McpKindParts,
): Promise<Granted> {
  let shown = 0;
  const onProgress = (said: string) => {
    if (shown++ < maxProgress) show({ type: "reasoning", label, status: oneLine(said, maxStatusLength) });
  };
  try {
    const result = await tool.call(args, signal, onProgress);
    note(`mcp: ${label} ${result.isError ? "says that it failed" : "was called"}`);
    return toGiven(result, seesPictures);
  } catch (thrown) {
    signal.throwIfAborted();
    const { message } = toFailure(thrown);
    note(`mcp: ${label} failed: ${message}`);
    return toRefused(message);
  }
}
