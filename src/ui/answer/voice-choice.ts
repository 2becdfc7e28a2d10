import { create } from "zustand";
import { persist } from "zustand/middleware";
import { mergeKept } from "../state/kept.ts";

interface VoiceChoice {
  /** Who speaks; the first that can, where it is not said or can no longer. */
  readonly provider: string | undefined;
  readonly speed: number;
}

/** How answers are read aloud, kept in this browser. */
export const useVoiceChoice = create<VoiceChoice>()(
  persist((): VoiceChoice => ({ provider: undefined, speed: 1 }), { name: "parley-voice", merge: mergeKept }),
);

export const speeds: readonly number[] = [0.75, 1, 1.25, 1.5, 2];
