import { Type } from "@sinclair/typebox";
import { arrayAt, at, isObject, textAt } from "../../../lib/json.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { createReader } from "../../reader.ts";
import { optional } from "../fields.ts";
import type { ResponsesBody } from "./body.ts";

type AskedTool = NonNullable<ResponsesBody["tools"]>[number];

const readFunction = createReader(
  Type.Object(
    {
      type: Type.Literal("function"),
      name: Type.String({ minLength: 1 }),
      description: optional(Type.String(), "a string"),
      parameters: optional(Type.Record(Type.String(), Type.Unknown()), "a JSON Schema"),
      strict: optional(Type.Boolean(), "a boolean"),
    },
    { additionalProperties: true },
  ),
);

/** `web_search`, `web_search_preview`, and either with the day of its version. */
const webSearch = /^web_search(_preview)?(_\d{4}_\d{2}_\d{2})?$/;

/**
 * The tools of a request in the engine's words: the caller's own, ours for the web, and the operator's MCP servers by name.
 *
 * @throws {ApiError} `invalid_request` for the vendor's other tools, which only it has
 */
export function toTools({ tools, tool_choice: choice }: ResponsesBody) {
  const asked = tools ?? [];
  const functions = asked.flatMap((tool, index) => toFunction(tool, `tools[${index}]`) ?? []);
  const servers = asked.flatMap((tool, index) => toServerTools(tool, `tools[${index}]`));
  const { allowed, tool_choice } = toChoice(choice);
  const offered = allowed ? functions.filter(({ function: { name } }) => allowed.has(name)) : functions;
  return {
    ...(offered.length > 0 && { tools: offered }),
    ...(tool_choice !== undefined && { tool_choice }),
    ...(asked.some(({ type }) => webSearch.test(type)) && { web_search: "auto" }),
    ...(servers.length > 0 && { mcp: servers }),
  };
}

function toFunction(tool: AskedTool, place: string) {
  if (tool.type === "mcp" || webSearch.test(tool.type)) return undefined;
  if (tool.type !== "function")
    throw invalid(`${place}.type: expected function, web_search or mcp; other tools are the vendor's own`);
  const { name, description, parameters, strict } = readFunction(tool, place);
  return {
    type: "function" as const,
    function: {
      name,
      ...(description != null && { description }),
      ...(parameters != null && { parameters }),
      ...(strict != null && { strict }),
    },
  };
}

/** `server`, or `server/tool` for each that is allowed. */
function toServerTools(tool: AskedTool, place: string): string[] {
  if (tool.type !== "mcp") return [];
  const server = textAt(tool, "server_label");
  if (!server) throw invalid(`${place}.server_label: expected the name of an MCP server of the settings`);
  if (at(tool, "server_url") != null || at(tool, "connector_id") != null)
    throw invalid(`${place}: only MCP servers of the settings can be used, each by its server_label alone`);
  const approval = at(tool, "require_approval");
  if (approval === "always" || at(approval, "always") != null)
    throw invalid(`${place}.require_approval: expected never; the operator has allowed what may be called`);
  const listed = at(tool, "allowed_tools");
  if (listed == null) return [server];
  const names = Array.isArray(listed) ? listed : arrayAt(listed, "tool_names");
  return names.filter((name) => typeof name === "string").map((name) => `${server}/${name}`);
}

function toChoice(choice: ResponsesBody["tool_choice"]) {
  if (!isObject(choice)) return { tool_choice: choice ?? undefined };
  const name = textAt(choice, "name");
  if (choice.type === "function" && name) return { tool_choice: { type: "function" as const, function: { name } } };
  if (choice.type !== "allowed_tools")
    throw invalid("tool_choice: expected none, auto, required, a function by its name, or allowed_tools");
  const allowed = new Set(arrayAt(choice, "tools").map((tool) => textAt(tool, "name") ?? ""));
  return { allowed, tool_choice: at(choice, "mode") === "required" ? ("required" as const) : ("auto" as const) };
}

function invalid(message: string): ApiError {
  return new ApiError("invalid_request", message);
}
