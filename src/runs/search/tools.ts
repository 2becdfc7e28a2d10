import type { Tool } from "../../protocol/chat.ts";
import { howToCite, pagesAreData } from "./source-text.ts";

/** Names that no vendor keeps for itself, in the letters that all of them take. */
export const searchName = "web_search";
export const readName = "read_page";

/** What a model searches and reads with. */
export function createSearchTools(day: string): readonly Tool[] {
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
