import type { AskedMessage, ChatRequest } from "../../protocol/chat.ts";
import type { WebPage } from "../../search/web-search.ts";
import { howToCite, pagesAreData, toSourceText } from "./source-text.ts";

/** Pages by their numbers as sources. */
export type NumberedPages = ReadonlyMap<number, WebPage>;

/** A request with pages before the question of its last message of the user, which stays as it is. */
export function withPages(request: ChatRequest, pages: NumberedPages, day: string): ChatRequest {
  const { messages } = request;
  const last = messages.findLastIndex(({ role }) => role === "user");
  const asking = messages[last];
  if (pages.size === 0 || !asking) return request;
  const content = putBefore(asking.content, toPrompt(pages, day));
  return { ...request, messages: messages.with(last, { ...asking, content }) };
}

function toPrompt(pages: NumberedPages, day: string): string {
  const texts = pages.entries().map(([number, page]) => toSourceText(number, page));
  return `Today is ${day}. The web was searched for the question below, and each <web_page> holds what one page says. ${pagesAreData}

${[...texts].join("\n\n")}

Answer the question below with what these pages say, as far as they suit it. ${howToCite} \
Where they do not answer it, say so, then answer as well as you can without them, and cite nothing for that.

The question:

`;
}

/** Parts stay where they are: pictures, files, and what the caller says before and after them. */
function putBefore(content: AskedMessage["content"], text: string): AskedMessage["content"] {
  if (!Array.isArray(content)) return text + (content ?? "");
  const first = content.findIndex((part) => part.type === "text");
  return content.toSpliced(Math.max(first, 0), 0, { type: "text", text });
}
