import { oneLine } from "../../lib/text.ts";
import { isNo, isYes } from "../../lib/yes-no.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import { textOf } from "../../providers/content.ts";

/** What a request wants of the web: pages for a query before it is answered, or that the model looks for itself. */
export type AskedSearch = { readonly is: "query"; readonly query: string } | { readonly is: "tools" };

/** In characters: engines take no more. */
export const maxQueryLength = 400;
/** No more of a text is looked at: one of a megabyte would hold up everybody else. */
const maxReadLength = maxQueryLength * 4;

/** `undefined` where it wants nothing, where there is nothing to search for, or no question that pages could be put before. */
export function toAskedSearch({ web_search: asked, messages }: ChatRequest): AskedSearch | undefined {
  const given = beginningOf(String(asked ?? false));
  if (isNo(given)) return undefined;
  if (given.trimEnd().toLowerCase() === "auto") return { is: "tools" };
  const question = messages.findLast(({ role }) => role === "user");
  const query = oneLine(isYes(given) ? beginningOf(textOf(question?.content)) : given, maxQueryLength);
  return query === "" || question === undefined ? undefined : { is: "query", query };
}

function beginningOf(text: string): string {
  return text.trimStart().slice(0, maxReadLength);
}
