import type { ChatRequest } from "../../protocol/chat.ts";
import type { ToolKind } from "./tool-kind.ts";

/** A request with our tools beside the caller's own. */
export interface Offer {
  readonly request: ChatRequest;
  /** The same once they have been called enough: the caller's tools alone, or, where it has none, no calls any more. */
  readonly last: ChatRequest;
  /** What each of the tools that are ours belongs to, by its name. */
  readonly kinds: ReadonlyMap<string, ToolKind>;
}

/** `undefined` where none of them can be offered, which is noted. */
export function offerTools(
  request: ChatRequest,
  kinds: readonly ToolKind[],
  note: (log: string) => void,
): Offer | undefined {
  const { tools: callers, tool_choice: choice } = request;
  if (choice != null && choice !== "auto") {
    for (const { label } of kinds)
      note(`${label}: the model was not given it, since tool_choice says what it may call`);
    return undefined;
  }
  const taken = new Set(callers?.map((tool) => tool.function.name));
  const ours = kinds.flatMap((kind) => kind.tools.map((tool) => ({ kind, tool, name: tool.function.name })));
  for (const { kind, name } of ours)
    if (taken.has(name))
      note(`${kind.label}: ${name} is a tool of the caller's own, and ours of that name is left out`);
  const left = ours.filter(({ name }) => !taken.has(name));
  if (left.length === 0) return undefined;
  const offering = { ...request, tools: [...(callers ?? []), ...left.map(({ tool }) => tool)] };
  return {
    request: offering,
    // Vendors want to see the tools that were called.
    last: callers?.length ? request : { ...offering, tool_choice: "none" },
    kinds: new Map(left.map(({ name, kind }) => [name, kind])),
  };
}
