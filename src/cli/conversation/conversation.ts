import { createId } from "../../lib/ids.ts";
import { localCaller } from "../../protocol/caller.ts";
import type { AskedMessage, ChatRequest } from "../../protocol/chat.ts";
import type { FinishReason, NumberedEvent } from "../../protocol/events.ts";
import { createTranscript } from "../../runs/chats/transcript.ts";
import { cancellation } from "../../runs/live-run.ts";
import type { Services } from "../../services.ts";
import { createSpent, type Spent } from "./spent.ts";

/** Whom one asks, and how. */
export interface Choice {
  model: string | null;
  provider: string | null;
  system: string | undefined;
  /** As `web_search` of a request. */
  web: string | boolean;
  /** Searched for with the next question alone. */
  nextQuery: string | undefined;
}

/** A message of the conversation. */
export interface Said {
  readonly message: AskedMessage;
  readonly model: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of an answer: what its provider wants back with the next question. */
  readonly state?: Record<string, unknown> | undefined;
}

/** What is said in turn with models, and who they are. */
export interface Conversation {
  readonly choice: Choice;
  /** Under which it is kept. */
  readonly chatId: string | undefined;
  readonly said: readonly Said[];
  readonly spent: Spent;
  /** Asks, and shows what comes. What failed without an answer is no part of what was said. @throws {ApiError} */
  ask(question: AskedMessage, show: Show, signal: AbortSignal): Promise<FinishReason>;
  /** Asks the last question again, in place of its answer; `undefined` where there is none. */
  retry(show: Show, signal: AbortSignal): Promise<FinishReason | undefined>;
  /** Begins anew, or goes on with what was said in a chat. */
  begin(chatId?: string, said?: readonly Said[]): void;
}

export type Show = (events: readonly NumberedEvent[]) => Promise<void>;

export interface ConversationOptions extends Omit<Choice, "nextQuery"> {
  /** Whether it is kept as a stored chat. */
  readonly isKept: boolean;
}

export function createConversation(
  { runs, clock }: Pick<Services, "runs" | "clock">,
  { isKept, ...chosen }: ConversationOptions,
): Conversation {
  const choice: Choice = { ...chosen, nextQuery: undefined };
  const spent = createSpent();
  let chatId: string | undefined;
  let said: readonly Said[] = [];
  let last: { readonly before: readonly Said[]; readonly question: AskedMessage } | undefined;
  begin();

  return {
    choice,
    get chatId() {
      return chatId;
    },
    get said() {
      return said;
    },
    spent,
    ask: (question, show, signal) => answer(said, question, show, signal),
    retry: async (show, signal) => last && answer(last.before, last.question, show, signal),
    begin,
  };

  function begin(id = createId("chat"), earlier: readonly Said[] = []): void {
    chatId = isKept ? id : undefined;
    const at = earlier.findLastIndex(({ message }) => message.role === "user");
    const question = earlier[at]?.message;
    last = question && { before: earlier.slice(0, at), question };
    // A question without an answer waits to be asked again, and is no part of what is said from here on.
    said = at === earlier.length - 1 ? earlier.slice(0, -1) : earlier;
  }

  async function answer(
    before: readonly Said[],
    question: AskedMessage,
    show: Show,
    signal: AbortSignal,
  ): Promise<FinishReason> {
    last = { before, question };
    const at = clock();
    const run = await runs.start(toRequest(before, question), localCaller, signal);
    const stop = () => run.stop(cancellation());
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const transcript = createTranscript();
    let reason: FinishReason = "error";
    try {
      for await (const batch of run.attach(0)) {
        const events = batch.map(({ event }) => event);
        transcript.add(events);
        spent.add(events);
        for (const event of events) if (event.type === "finish") ({ reason } = event.finish);
        await show(batch);
      }
      // Then it stands in its chat, where the next question is put below it.
      await run.ended;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    choice.nextQuery = undefined;
    const { content, model } = transcript;
    if (content === "") return reason;
    const state = transcript.extra().conversation as Said["state"];
    const message = { role: "assistant" as const, content };
    said = [...before, { message: question, model: null, at }, { message, model, at: clock(), state }];
    return reason;
  }

  function toRequest(before: readonly Said[], question: AskedMessage): ChatRequest {
    const { model, provider, system, web, nextQuery } = choice;
    const state = before.findLast(({ message }) => message.role === "assistant")?.state;
    const instructions = system ? [{ role: "system" as const, content: system }] : [];
    const web_search = nextQuery ?? web;
    return {
      model,
      provider,
      messages: [...instructions, ...before.map(({ message }) => message), question],
      ...(chatId !== undefined && { chat_id: chatId }),
      ...(state && { conversation: state }),
      ...(web_search !== false && { web_search }),
    };
  }
}
