import { arrayAt, at, isObject, textAt } from "../../../lib/json.ts";
import { ApiError } from "../../../protocol/errors.ts";

/** What is said of tools, in the newer form or the older one. */
export interface AskedTools {
  readonly tools?: readonly unknown[] | null | undefined;
  readonly tool_choice?: unknown;
  readonly functions?: readonly unknown[] | null | undefined;
  readonly function_call?: unknown;
}

/** The tools of a request, and which of them the model is to call, as the engine takes them. */
export function toTools({ tools, tool_choice: choice, functions, function_call: call }: AskedTools) {
  if (tools == null && functions != null) {
    const wrapped = functions.map((each) => toTool({ type: "function", function: each }));
    return { tools: wrapped, ...(call != null && { tool_choice: toForced(call) }) };
  }
  const offered = tools?.map(toTool);
  if (at(choice, "type") !== "allowed_tools")
    return { ...(offered && { tools: offered }), ...(choice != null && { tool_choice: choice }) };
  const { mode, names } = readAllowed(choice);
  return { tools: offered?.filter((tool) => names.has(textAt(tool, "function", "name"))), tool_choice: mode };
}

function toTool(tool: unknown): unknown {
  const described = at(tool, "function");
  if (!isObject(tool) || !isObject(described) || described.parameters !== null) return tool;
  const { parameters: _, ...rest } = described;
  return { ...tool, function: rest };
}

/** `{"name":…}` in the older form. */
function toForced(call: unknown): unknown {
  return isObject(call) ? { type: "function", function: call } : call;
}

/**
 * Those that the model may choose from; what is not allowed is not offered, since most vendors know no such choice.
 *
 * https://platform.openai.com/docs/guides/function-calling#allowed-tools
 */
function readAllowed(choice: unknown) {
  const mode = at(choice, "allowed_tools", "mode") ?? "auto";
  const listed = at(choice, "allowed_tools", "tools");
  if ((mode !== "auto" && mode !== "required") || !Array.isArray(listed))
    throw new ApiError("invalid_request", "tool_choice.allowed_tools: expected mode (auto or required) and tools");
  return { mode, names: new Set(arrayAt(choice, "allowed_tools", "tools").map(nameOf)) };
}

function nameOf(tool: unknown): string | undefined {
  return textAt(tool, "function", "name") ?? textAt(tool, "name");
}
