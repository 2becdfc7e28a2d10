import { isObject } from "../../lib/json.ts";
import type { ChatRequest, Tool } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { GenerateContentRequest } from "./request.ts";
import { toJsonSchema } from "./schema.ts";

/** Theirs that run at the vendor's: the first two are a search of our own, all others nobody can stand in for. */
const searches = ["googleSearch", "googleSearchRetrieval"];

/** https://ai.google.dev/api/caching#Tool @throws {ApiError} `invalid_request` */
export function toTools({
  tools = [],
  toolConfig,
}: GenerateContentRequest): Pick<ChatRequest, "tools" | "tool_choice" | "web_search"> {
  tools.forEach((tool, index) => {
    const other = Object.keys(tool).find((name) => name !== "functionDeclarations" && !searches.includes(name));
    if (other !== undefined)
      throw new ApiError(
        "invalid_request",
        `tools[${index}].${other.slice(0, 40)}: this server has no such tool; it takes functionDeclarations and googleSearch`,
      );
  });
  const { mode = "AUTO", allowedFunctionNames: names = [] } = toolConfig?.functionCallingConfig ?? {};
  const allowed = new Set(names);
  const isForced = mode?.toUpperCase() === "ANY";
  const declared = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations).map(toTool);
  // Of several, others could not be left out but by not offering them.
  const offered =
    isForced && allowed.size > 0 ? declared.filter(({ function: { name } }) => allowed.has(name)) : declared;
  const isSearching = tools.some((tool) => searches.some((name) => Object.hasOwn(tool, name)));
  return {
    ...(offered.length > 0 && { tools: offered, tool_choice: toChoice(mode?.toUpperCase(), names) }),
    ...(isSearching && { web_search: "auto" }),
  };
}

function toTool({
  name,
  description,
  parameters,
  parametersJsonSchema: told,
}: NonNullable<NonNullable<GenerateContentRequest["tools"]>[number]["functionDeclarations"]>[number]): Tool {
  const schema = isObject(told) ? { ...told } : isObject(parameters) ? toJsonSchema(parameters) : undefined;
  return {
    type: "function",
    function: { name, ...(description && { description }), ...(schema && { parameters: schema }) },
  };
}

function toChoice(mode: string | undefined, allowed: readonly string[]): NonNullable<ChatRequest["tool_choice"]> {
  if (mode === "NONE") return "none";
  if (mode !== "ANY") return "auto";
  const [only, ...others] = allowed;
  return only !== undefined && others.length === 0 ? { type: "function", function: { name: only } } : "required";
}
