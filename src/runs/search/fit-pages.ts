import type { ChatRequest } from "../../protocol/chat.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { readShare } from "../attachments/fit.ts";
import { createPromptSize } from "../../routing/prompt-size.ts";
import { cutAll } from "../../search/gather.ts";
import type { WebPage } from "../../search/web-search.ts";

/** Arbitrary: of plain English somewhat fewer, with addresses and figures more. */
const tokensOfWord = 1.5;
/** Fewer tell nothing. */
const leastWords = 50;

/** What pages of so many words may come to. */
export function tokensOfPages(words: number): number {
  return Math.ceil(words * tokensOfWord);
}

/** Pages as far as who is to answer reads them beside the conversation; half of that where it is to read buckets, too. */
export async function fitPages(
  pages: readonly WebPage[],
  { messages }: ChatRequest,
  { model, contextLength }: Pick<Candidate, "model" | "contextLength">,
  note: (log: string) => void,
): Promise<readonly WebPage[]> {
  if (contextLength === undefined) return pages;
  const prompt = createPromptSize(messages);
  const tokensLeft = (contextLength * readShare - prompt.tokens) / (prompt.isOpen ? 2 : 1);
  const texts = pages.map(({ title, text }) => ({ role: "user" as const, content: title + text }));
  if (!createPromptSize(texts).exceeds(tokensLeft)) return pages;
  const words = Math.floor(tokensLeft / tokensOfWord);
  if (words < leastWords) {
    note(`${model} reads too little for pages beside the conversation`);
    return [];
  }
  note(`pages were cut to ${words} words, since ${model} reads no more`);
  return cutAll(pages, words);
}
