import { createTokenCounter } from "../lib/text.ts";
import type { AskedMessage, AskedPart } from "../protocol/chat.ts";

/** How long a prompt is, about. */
export interface PromptSize {
  readonly tokens: number;
  /** Whether it is longer than this; counted only where it might be. */
  exceeds(tokens: number): boolean;
  /** Whether it is filled up with what is in buckets, to whatever a model reads. */
  readonly isOpen: boolean;
}

/** Tokens that a message costs beyond its text, and those of a picture: of the usual order, no more. */
const messageTokens = 4;
export const tokensOfPicture = 800;

/** `besides` the messages may come what is not known yet, in tokens. */
export function createPromptSize(messages: readonly AskedMessage[], besides = 0): PromptSize {
  let counted: number | undefined;
  const tokens = () => (counted ??= countPrompt(messages) + besides);
  return {
    get tokens() {
      return tokens();
    },
    isOpen: messages.some(({ content }) => Array.isArray(content) && content.some(({ type }) => type === undefined)),
    exceeds: (limit) => mostTokens(messages) + besides > limit && tokens() > limit,
  };
}

/** More than it can be, at the cost of a look at each message's length. */
function mostTokens(messages: readonly AskedMessage[]): number {
  return messages.reduce((sum, { content }) => {
    if (content == null) return sum + messageTokens;
    if (typeof content === "string") return sum + messageTokens + content.length;
    const parts = content.map((part) => (part.type === "text" ? part.text.length : tokensOf(part)));
    return parts.reduce((most, part) => most + part, sum + messageTokens);
  }, 0);
}

/** Of a part that is no text; a bucket takes what is left, whoever is asked. */
function tokensOf({ type }: AskedPart): number {
  return type === undefined ? 0 : tokensOfPicture;
}

function countPrompt(messages: readonly AskedMessage[]): number {
  const counter = createTokenCounter();
  let extra = 0;
  for (const { content } of messages) {
    extra += messageTokens;
    if (typeof content === "string") counter.add(content);
    else {
      for (const part of content ?? []) {
        if (part.type === "text") counter.add(part.text);
        else extra += tokensOf(part);
      }
    }
  }
  return counter.tokens + extra;
}
