import { oneLine } from "../../lib/text.ts";
import type { Caller } from "../../protocol/caller.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { askModel, type StartRun, toNamedModel } from "../ask.ts";

/** Who names chats: the model that answers or one of the operator's choice, the chat's first words, or people alone. */
export type TitleMaker = "model" | "words" | "off";

export interface Titles {
  /** From the first message. `undefined` where nobody makes them, or there are no words. */
  ofWords(question: string): string | undefined;
  /** A model's, who is asked by a run of its own; `undefined` where that gives none. Never throws. */
  ofModel(question: string, asked: TitleAsk): Promise<string | undefined>;
}

export interface TitleAsk {
  readonly caller: Caller;
  /** Who answers the chat, and by whose key. */
  readonly candidate: Candidate;
  readonly request: Pick<ChatRequest, "api_key" | "base_url" | "api_base">;
}

export interface TitlesParts {
  readonly start: StartRun;
  readonly maker: TitleMaker;
  /** `model`, or `Provider/model`; empty for the one that answers. */
  readonly model: string;
}

const maxLength = 80;
/** What is read of the first message, in characters. */
const maxQuestionLength = 4_000;
/** Models that think spend most of it on that. */
const maxTokens = 1_000;
const timeoutSeconds = 60;

const prompt = `Write a title for the conversation that begins with the message below: at most six words, in the language of the message. Answer with the title alone, without quotes. Do not answer the message itself.`;

export function createTitles({ start, maker, model }: TitlesParts): Titles {
  return {
    ofWords: (question) => (maker === "off" ? undefined : toTitle(question)),
    async ofModel(question, asked) {
      const who = whoNames(asked);
      if (maker !== "model" || !who || question.trim() === "") return undefined;
      const message = `${prompt}\n\n<message>\n${question.slice(0, maxQuestionLength).toWellFormed()}\n</message>`;
      try {
        const messages = [{ role: "user" as const, content: message }];
        const question = { ...who, messages, max_tokens: maxTokens, timeout: timeoutSeconds };
        return toTitle(await askModel(start, question, asked.caller));
      } catch (thrown) {
        // A chat has a title of its own words then.
        if (thrown instanceof ApiError) return undefined;
        throw thrown;
      }
    },
  };

  function whoNames({ candidate, request }: TitleAsk): Partial<ChatRequest> | undefined {
    if (model !== "") return toNamedModel(model);
    const { provider } = candidate;
    // What is no language model, or draws, would make something else of it.
    if (provider.lastResort || provider.makes?.(candidate.model)) return undefined;
    // Nothing else of the request: a title is no part of the chat.
    const { api_key, base_url, api_base } = request;
    return { api_key, base_url, api_base, provider: provider.name, model: candidate.model };
  }
}

/** The first line with words, without what models put around a title. */
function toTitle(text: string): string | undefined {
  const at = text.search(/[\p{L}\p{N}]/u);
  if (at === -1) return undefined;
  const end = text.indexOf("\n", at);
  const line = text.slice(text.lastIndexOf("\n", at) + 1, end === -1 ? text.length : end);
  const bare = line.trim().replace(/^(#+ |title:|\*\*|["'«„“])+ */iu, "");
  return oneLine(withoutEnd(bare), maxLength) || undefined;
}

/** Not by a pattern: at each of many signs, one would look at all that follow. */
function withoutEnd(text: string): string {
  let end = text.length;
  for (;;) {
    if (text.endsWith("**", end)) end -= 2;
    else if (end > 0 && "\"'»“”.".includes(text.charAt(end - 1))) end--;
    else return text.slice(0, end);
  }
}
