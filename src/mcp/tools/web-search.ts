import { Type } from "@sinclair/typebox";
import { openDeadline } from "../../lib/deadline.ts";
import { ApiError } from "../../protocol/errors.ts";
import { pagesAreData, toSourceText } from "../../runs/search/source-text.ts";
import type { WebPage } from "../../search/web-search.ts";
import { toText } from "../content.ts";
import { createTool, type ToolContext } from "../tool.ts";

/** Of the engine there may be fewer: `search_results` of the settings. */
const mostResults = 20;

const inputSchema = Type.Object({
  query: Type.String({
    minLength: 1,
    maxLength: 400,
    description: "What to search for, as one would type it into a search engine",
  }),
  max_results: Type.Optional(
    Type.Integer({ minimum: 1, maximum: mostResults, description: "Most results; all that are found if not set" }),
  ),
  read_pages: Type.Optional(
    Type.Boolean({
      default: true,
      description: "Whether the pages are read, too; without it a result has the engine's few words of each alone",
    }),
  ),
});

const outputSchema = Type.Object({
  results: Type.Array(Type.Object({ title: Type.String(), url: Type.String(), text: Type.String() })),
});

export const webSearch = createTool({
  name: "web_search",
  title: "Search the web",
  description:
    "Searches the web, reads the pages that are found, and gives their titles, addresses and main texts. Use it for what is recent, or what you are not sure of. read_page gives more of one page.",
  inputSchema,
  outputSchema,
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: true },
  async call({ query, max_results = mostResults, read_pages = true }, context) {
    const { parts, caller, signal } = context;
    if (!parts.webSearch.isOffered)
      throw new ApiError(
        "not_offered",
        "no search engine is set up on this server; see search_engines in its settings",
      );
    // It takes no tokens, but some engines are paid for it.
    await parts.budgets.check(caller);
    using deadline = openDeadline(signal, parts.searchMs, () => tooLong(parts.searchMs));
    const pages = (await search(query, read_pages, deadline.signal, context)).slice(0, max_results);
    if (pages.length === 0)
      return { content: [toText("Nothing was found. Other words may find more.")], structuredContent: { results: [] } };
    const texts = pages.map((page, index) => toSourceText(index + 1, page));
    return {
      content: [toText(`${pagesAreData}\n\n${texts.join("\n\n")}`)],
      structuredContent: { results: pages.map(({ title, url, text }) => ({ title, url, text })) },
    };
  },
});

async function search(
  query: string,
  isReading: boolean,
  signal: AbortSignal,
  { parts, report }: ToolContext,
): Promise<readonly WebPage[]> {
  report(`searching for ${query}`);
  const found = await parts.webSearch.search(query, signal);
  if (!isReading) return found.results.map(({ url, title, snippet }) => ({ url, title, text: snippet }));
  report(`reading ${found.results.length} pages`);
  return found.readAll(signal, report);
}

function tooLong(ms: number): ApiError {
  return new ApiError("fetch_failed", `the search took longer than ${ms / 1000} s`);
}
