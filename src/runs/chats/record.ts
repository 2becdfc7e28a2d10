import type { Clock } from "../../lib/clock.ts";
import { within } from "../../lib/deadline.ts";
import type { Log } from "../../lib/log.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { RunEvent } from "../../protocol/events.ts";
import { textOf } from "../../providers/content.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { type MessageState, type NewChatMessage, toNewMessage } from "../../store/chat-messages.ts";
import type { ChatTable } from "../../store/chats.ts";
import type { ChatPlace } from "./place.ts";
import { findStanding } from "./standing.ts";
import type { TitleAsk, Titles } from "./titles.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

/** Records runs in the chats that they belong to. */
export interface ChatRecorder {
  /** On disk when it resolves: what was asked, as far as it is new to the chat, and that it is being answered. */
  begin(runId: string, place: ChatPlace, ask: RecordedAsk): Promise<ChatRecord>;
  /** Resolves when no title is being made any more. */
  whenNamed(): Promise<void>;
}

export interface RecordedAsk extends Omit<TitleAsk, "candidate"> {
  /** Who may come to answer, in order. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
}

/** One answer, while it is produced. */
export interface ChatRecord {
  add(events: readonly RunEvent[]): void;
  /** A model's title for a chat that has none, if it comes soon; what comes later is only kept. */
  title(): Promise<string | undefined>;
  /** Never throws: what could not be written is recovered at the next start. */
  end(state: Exclude<MessageState, "running">): Promise<void>;
}

export interface ChatRecorderParts {
  readonly chats: ChatTable;
  readonly titles: Titles;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long an answer that is over waits for its chat's title. */
const titleMs = 1_000;

export function createChatRecorder({ chats, titles, clock, log }: ChatRecorderParts): ChatRecorder {
  const naming = new Set<Promise<unknown>>();
  /** By chat, what is being written to it last: two that ask the same share the message. */
  const turns = new Map<string, Promise<unknown>>();

  return {
    begin(runId, place, ask) {
      const key = JSON.stringify([ask.caller.owner, place.chatId]);
      const turn = (turns.get(key) ?? Promise.resolve()).catch(() => {}).then(() => write(runId, place, ask));
      turns.set(key, turn);
      const leave = () => void (turns.get(key) === turn && turns.delete(key));
      turn.then(leave, leave);
      return turn;
    },
    whenNamed: async () => void (await Promise.all(naming)),
  };

  async function write(runId: string, place: ChatPlace, ask: RecordedAsk): Promise<ChatRecord> {
    const { own, before } = place;
    const { owner } = ask.caller;
    const [{ provider, model }] = ask.candidates;
    const from = place.parent?.id ?? null;
    const answer = {
      ...toNewMessage({ role: "assistant", content: before }),
      run_id: runId,
      state: "running" as const,
      provider: provider.name,
      model,
    };
    const chat = await put(place, owner, answer).catch((thrown: unknown) => {
      // What it stood under was deleted in this moment: where no message was named, there is another place.
      if (from !== null || !(thrown instanceof ApiError) || thrown.reason !== "not_found") throw thrown;
      return put(place, owner, answer);
    });
    const question = textOf(own.find(({ role }) => role === "user")?.content);
    const isFirst = from === null && !own.some(({ role }) => role === "assistant");
    const isNameless = isFirst && (chat?.title == null || chat.title_by === "words");
    if (isNameless && chat?.title == null) await name(place, owner, titles.ofWords(question), "words");
    return follow({ runId, place, ask, question: isNameless ? question : undefined });
  }

  /** Gives the chat as it was. */
  async function put({ chatId, parent, own }: ChatPlace, owner: string, answer: NewChatMessage) {
    const chat = await chats.find(owner, chatId);
    const from = parent?.id ?? null;
    const { last, left } = chat ? await findStanding(chats, chat, from, own) : { last: from, left: own };
    await chats.append(owner, chatId, last, [...left.map(toNewMessage), answer], clock());
    return chat;
  }

  /** With the `question` that a title is made for, where it has none. */
  function follow({ runId, place, ask, question }: Following): ChatRecord {
    const transcript = createTranscript(place.before, clock);
    const [first] = ask.candidates;
    let title: Promise<string | undefined> | undefined;
    return {
      add(events) {
        transcript.add(events);
        // Not before the answer has begun: a local runtime answers one after the other.
        if (question === undefined || title || transcript.content === "") return;
        title = titles
          .ofModel(question, { ...ask, candidate: findAnswering(ask.candidates, transcript) })
          .then((made) => name(place, ask.caller.owner, made, "model"))
          .catch((error: unknown) => void log.error("a chat could not be named", { chat: place.chatId, error }));
        const named = title;
        naming.add(named);
        void named.then(() => naming.delete(named));
      },
      title: async () => title && within(title, titleMs),
      async end(state) {
        const { content, provider, model, usage } = transcript;
        const result = {
          content: JSON.stringify(content),
          extra: JSON.stringify(transcript.extra()),
          state,
          provider: provider ?? first.provider.name,
          model: model ?? first.model,
          usage,
          updated_at: clock(),
        };
        await chats
          .finish(runId, result)
          .catch((error: unknown) => log.error("an answer could not be written to its chat", { run: runId, error }));
      },
    };
  }

  /** Gives the title if it was taken: people, and whoever was earlier, have the last word. */
  async function name(
    { chatId }: ChatPlace,
    owner: string,
    title: string | undefined,
    by: "words" | "model",
  ): Promise<string | undefined> {
    return title !== undefined && (await chats.setTitle(owner, chatId, title, by)) ? title : undefined;
  }
}

interface Following {
  readonly runId: string;
  readonly place: ChatPlace;
  readonly ask: RecordedAsk;
  readonly question: string | undefined;
}

/** Who is not the first where that one has failed, or was left out meanwhile. */
function findAnswering(candidates: RecordedAsk["candidates"], { provider, model }: Transcript): Candidate {
  const answering = candidates.filter((each) => each.provider.name === provider);
  return answering.find((each) => each.model === model) ?? answering[0] ?? candidates[0];
}
