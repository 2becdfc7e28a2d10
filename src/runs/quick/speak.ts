import type { MediaStore } from "../../media/save.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ApiError } from "../../protocol/errors.ts";
import { routerName } from "../../providers/registry.ts";
import { toMediaAddress } from "../show-medium.ts";
import type { SpeechAsk, Speeches } from "../speech.ts";
import type { QuickAnswer } from "./quick-answer.ts";

/** Who speaks, and how; without a provider the first that can. */
export interface Voice {
  readonly provider?: string;
  readonly voice?: string;
}

export interface Speaking {
  readonly speeches: Speeches;
  readonly media: MediaStore;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** What a medium is found by, in characters. */
const maxToldLength = 10_000;

/** A text as a sound, which is kept as the caller's. @throws {ApiError} as `Speeches.start` and `MediaStore.save` */
export async function speak(text: string, voice: Voice, speaking: Speaking): Promise<QuickAnswer> {
  const { speeches, media, caller, signal } = speaking;
  if (text.trim() === "") throw new ApiError("no_media", "the answer has no words that could be spoken");
  const { bytes, provider, model } = await speeches.start(toSpeechAsk(text, voice), caller, signal);
  try {
    const told = text.slice(0, maxToldLength);
    const { name } = await media.save(bytes, { owner: caller.owner, model, provider, prompt: told });
    const address = toMediaAddress(name);
    return { pieces: [], media: [address], target: address, reason: "stop", provider, model, run_id: null };
  } finally {
    await bytes.return();
  }
}

export function toSpeechAsk(text: string, { provider = routerName, voice }: Voice): SpeechAsk {
  return { provider, text, ...(voice && { voice }) };
}
