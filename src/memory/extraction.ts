import type { Log } from "../lib/log.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { ChatRequest, Message } from "../protocol/chat.ts";
import type { Caller } from "../protocol/caller.ts";
import { toApiError } from "../protocol/errors.ts";
import type { NewMemory } from "../protocol/memory.ts";
import { textOf } from "../providers/content.ts";
import { instructions, parseFacts, toFactKey, toQuestion } from "./facts.ts";

/** Finds facts about a user in an exchange, by a model. */
export interface Extraction {
  /** Never throws. */
  extract(exchange: Exchange, memory: KnownMemories, signal: AbortSignal): Promise<void>;
}

/**
 * Who answered the conversation that facts are looked for in, at which address and by whose key: asked for them too, where
 * the settings name nobody.
 */
export interface Answerer extends Pick<ChatRequest, "api_key" | "base_url" | "api_base"> {
  readonly provider: string;
  readonly model: string | null;
}

/** Where facts are looked for before they are added. */
export interface KnownMemories {
  search(
    caller: Caller,
    userId: string,
    view: { readonly text: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly { readonly memory: string }[]>;
  add(owner: string, userId: string, memories: readonly NewMemory[]): Promise<unknown>;
}

export interface Exchange {
  readonly caller: Caller;
  readonly userId: string;
  readonly messages: readonly Message[];
  readonly answerer: Answerer | undefined;
}

export interface Question extends Partial<Answerer> {
  readonly system: string;
  readonly text: string;
}

export interface ExtractionParts {
  /** Without it nothing is looked for: it sends what was said to a model once more, and costs. */
  readonly isOn: boolean;
  /** Who answered, if nobody is named. */
  readonly model: Partial<Answerer> | undefined;
  /** The answer of a model, or of whoever can. */
  ask(question: Question, caller: Caller, signal: AbortSignal): Promise<string>;
  readonly log: Log;
}

/** Background work does not take what people wait for; arbitrary, as is how much of it may wait. */
const atOnce = 4;
const waiting = 200;
/** Known facts that the model is shown, so that it does not repeat them. */
const shown = 20;
const searchLetters = 2000;

export function createExtraction({ isOn, model, ask, log }: ExtractionParts): Extraction {
  const semaphore = createSemaphore(atOnce, waiting);
  return {
    async extract({ caller, userId, messages, answerer }, memory, signal) {
      const { owner } = caller;
      const said = messages.filter(({ role }) => role === "user").map(({ content }) => textOf(content));
      const text = said.join("\n").slice(-searchLetters);
      if (!isOn || text.trim() === "") return;
      let leave: (() => void) | undefined;
      try {
        leave = await semaphore.enter(signal);
        if (!leave) return log.warn("facts were not looked for: too many exchanges wait for it");
        const known = await memory.search(caller, userId, { text, limit: shown }, signal);
        const system = instructions;
        const question = toQuestion(
          messages,
          known.map((each) => each.memory),
        );
        const facts = parseFacts(await ask({ ...(model ?? answerer), system, text: question }, caller, signal));
        const keys = new Set(known.map((each) => toFactKey(each.memory)));
        const fresh = facts.filter((fact) => {
          const key = toFactKey(fact);
          return key !== "" && !keys.has(key) && keys.add(key) !== undefined;
        });
        if (fresh.length > 0)
          await memory.add(
            owner,
            userId,
            fresh.map((fact) => ({ text: fact, metadata: { source: "extracted" } })),
          );
      } catch (thrown) {
        if (!signal.aborted) log.warn("facts could not be found in an exchange", { why: toApiError(thrown).brief });
      } finally {
        leave?.();
      }
    },
  };
}
