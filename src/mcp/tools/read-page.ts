import { Type } from "@sinclair/typebox";
import { openDeadline } from "../../lib/deadline.ts";
import { ApiError } from "../../protocol/errors.ts";
import { pagesAreData, toSourceText } from "../../runs/search/source-text.ts";
import { cutToWords, findWordEnds } from "../../search/words.ts";
import { toText } from "../content.ts";
import { createTool } from "../tool.ts";

const usualWords = 8_000;

const inputSchema = Type.Object({
  url: Type.String({ minLength: 1, maxLength: 4096, description: "The page's whole address, http or https" }),
  max_words: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 50_000, default: usualWords, description: "Most words of it" }),
  ),
});

export const readPage = createTool({
  name: "read_page",
  title: "Read a web page",
  description:
    "Gives the main text of one page of the web, or of a document there (PDF, Word, …), as Markdown. Addresses of private networks are refused.",
  inputSchema,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  async call({ url, max_words = usualWords }, { parts, signal }) {
    using deadline = openDeadline(signal, parts.searchMs, () => tooLong(parts.searchMs));
    const page = await parts.webSearch.read(url, deadline.signal);
    const ends = await findWordEnds(page.text, max_words + 1);
    const text = cutToWords(page.text, ends, max_words);
    const rest = ends.length <= max_words ? "" : "\n\nThis is its beginning: max_words gives more.";
    return { content: [toText(`${pagesAreData}\n\n${toSourceText(1, { ...page, text })}${rest}`)] };
  },
});

function tooLong(ms: number): ApiError {
  return new ApiError("fetch_failed", `the page took longer than ${ms / 1000} s`);
}
