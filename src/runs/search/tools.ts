import type { ChatRequest, Tool } from "../../protocol/chat.ts";
import { howToCite, pagesAreData } from "./source-text.ts";

/** Names that no vendor keeps for itself, in the letters that all of them take. */
export const searchName = "web_search";
export const readName = "read_page";

/** A request with our tools beside the caller's own. */
export interface Offer {
  readonly request: ChatRequest;
  /** The same once enough has been searched: the caller's tools alone, or, where it has none, no calls any more. */
  readonly last: ChatRequest;
  /** Of the tools that are ours. */
  readonly names: ReadonlySet<string>;
}

/** `undefined` where none of them can be offered, which is noted. */
export function offerTools(request: ChatRequest, day: string, note: (log: string) => void): Offer | undefined {
  const { tools: callers, tool_choice: choice } = request;
  if (choice != null && choice !== "auto") {
    note("web search: the model was not given it, since tool_choice says what it may call");
    return undefined;
  }
  const taken = new Set(callers?.map((tool) => tool.function.name));
  for (const name of [searchName, readName])
    if (taken.has(name)) note(`web search: ${name} is a tool of the caller's own, and ours of that name is left out`);
  const ours = createTools(day).filter((tool) => !taken.has(tool.function.name));
  if (ours.length === 0) return undefined;
  const offering = { ...request, tools: [...(callers ?? []), ...ours] };
  return {
    request: offering,
    // Vendors want to see the tools that were called.
    last: callers?.length ? request : { ...offering, tool_choice: "none" },
    names: new Set(ours.map((tool) => tool.function.name)),
  };
}

function createTools(day: string): readonly Tool[] {
  return [
    createTool(
      searchName,
      `Searches the web, and gives for each result its number, address, title and a few words. Today is ${day}. \
Use it for what is recent, for facts that you are not sure of, and where the user wants sources. Read the pages that look useful with ${readName} before you rely on them. ${howToCite}`,
      "query",
      "What to search for, as one would type it into a search engine",
    ),
    createTool(readName, `Gives the text of one page of the web. ${pagesAreData}`, "url", "The page's whole address"),
  ];
}

function createTool(name: string, description: string, argument: string, about: string): Tool {
  const properties = { [argument]: { type: "string", description: about } };
  const parameters = { type: "object", properties, required: [argument], additionalProperties: false };
  return { type: "function", function: { name, description, parameters } };
}
