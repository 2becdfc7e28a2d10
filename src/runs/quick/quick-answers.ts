import type { Clock } from "../../lib/clock.ts";
import { createSharedWork } from "../../lib/shared-work.ts";
import type { MediaStore } from "../../media/save.ts";
import type { Caller } from "../../protocol/caller.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import type { Cache } from "../../store/cache.ts";
import type { MediaTable } from "../../store/media.ts";
import type { StartRun } from "../ask.ts";
import { readWhole } from "../plain-read.ts";
import type { Speeches } from "../speech.ts";
import { createKeptAnswers } from "./kept-answers.ts";
import { type QuickAnswer, toQuickAnswer } from "./quick-answer.ts";
import { speak, toSpeechAsk, type Voice } from "./speak.ts";

export interface QuickAsk {
  readonly prompt: string;
  readonly request: ChatRequest;
  /** Where it is to be heard. */
  readonly voice: Voice | undefined;
  /** Whoever asks the same under the same text is given the same answer. */
  readonly keepAs: string | undefined;
}

/** Answers that are given as a whole: kept ones, and those that are spoken. */
export interface QuickAnswers {
  /** @throws {ApiError} as `Runs.start`, `readWhole` and `Speeches.start` @throws the signal's reason */
  ask(ask: QuickAsk, caller: Caller, signal: AbortSignal): Promise<Given>;
}

export interface Given {
  readonly answer: QuickAnswer;
  /** Whether nobody was asked for it. */
  readonly isKept: boolean;
}

export interface QuickAnswersParts {
  readonly start: StartRun;
  readonly speeches: Speeches;
  readonly media: MediaStore;
  readonly table: Pick<MediaTable, "find">;
  readonly cache: Pick<Cache, "find" | "put">;
  readonly keepMs: number;
  readonly clock: Clock;
}

export function createQuickAnswers(parts: QuickAnswersParts): QuickAnswers {
  const kept = createKeptAnswers(parts);
  const underWay = createSharedWork<Given>();

  return {
    async ask(ask, caller, signal) {
      if (ask.keepAs === undefined) return { answer: await make(ask, caller, signal), isKept: false };
      const key = keyOf(ask, caller);
      let isAsked = false;
      const { answer } = await underWay.join(key, signal, async (signal) => {
        const found = await kept.find(key, caller.owner);
        if (found) return { answer: found, isKept: true };
        isAsked = true;
        const answer = await make(ask, caller, signal);
        if (answer.reason === "stop") await kept.put(key, answer);
        return { answer, isKept: false };
      });
      return { answer, isKept: !isAsked };
    },
  };

  async function make({ prompt, request, voice }: QuickAsk, caller: Caller, signal: AbortSignal): Promise<QuickAnswer> {
    // Existing clients read a text aloud so.
    if (voice && isUnasked(request)) return speak(prompt, voice, { ...parts, caller, signal });
    // Nobody is to pay for an answer that cannot be spoken.
    if (voice) await parts.speeches.assertAble(toSpeechAsk(prompt, voice));
    const run = await parts.start(request, caller, signal);
    const whole = await readWhole(run.attach(0), signal);
    const answer = toQuickAnswer(whole, run.info());
    if (!voice) return answer;
    const sound = whole.media.find(({ isSound }) => isSound)?.address;
    if (sound !== undefined) return { ...answer, pieces: [], media: [sound], target: sound };
    const words = whole.pieces.filter(({ is }) => is === "words").map(({ text }) => text);
    return speak(words.join(""), voice, { ...parts, caller, signal });
  }
}

/** Whether it names nobody who could answer, and nothing to look for. */
function isUnasked({ model, provider, web_search }: ChatRequest): boolean {
  return !model && !provider && !web_search;
}

function keyOf({ keepAs, prompt, request, voice }: QuickAsk, { owner }: Caller): string {
  const { model, provider, web_search } = request;
  return JSON.stringify([owner, keepAs, model, provider, prompt, web_search, voice?.provider, voice?.voice]);
}
