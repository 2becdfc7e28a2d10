import { create } from "zustand";
import { useVoiceChoice } from "./voice-choice.ts";

interface Speaking {
  /** Whose words are spoken; nobody's, `undefined`. */
  readonly id: string | undefined;
  readonly state: "waiting" | "playing" | "paused";
}

/** What is read aloud on this page: one text at a time. */
export const useSpeaker = create<Speaking>(() => ({ id: undefined, state: "paused" }));

let current: HTMLAudioElement | undefined;

export interface Speech {
  readonly id: string;
  readonly pieces: readonly string[];
  readonly provider: string;
  readonly onFailure: () => void;
}

/** Stops what is being spoken, and speaks these pieces one after the other, each fetched while the one before is heard. */
export function speak({ id, pieces, provider, onFailure }: Speech): void {
  stopSpeaking();
  useSpeaker.setState({ id, state: "waiting" });
  const players: HTMLAudioElement[] = [];
  play(0);

  function playerOf(index: number): HTMLAudioElement | undefined {
    const piece = pieces[index];
    if (piece === undefined) return undefined;
    return (players[index] ??= new Audio(toAddress(provider, piece)));
  }

  function play(index: number): void {
    const player = playerOf(index);
    if (!player) return stopSpeaking();
    current = player;
    const { speed } = useVoiceChoice.getState();
    player.defaultPlaybackRate = speed;
    player.playbackRate = speed;
    const isCurrent = () => current === player;
    player.addEventListener("playing", () => {
      if (!isCurrent()) return;
      useSpeaker.setState({ state: "playing" });
      playerOf(index + 1);
    });
    player.addEventListener("ended", () => isCurrent() && play(index + 1));
    player.addEventListener("error", () => isCurrent() && fail());
    player.play().catch(() => isCurrent() && !player.paused && fail());
  }

  function fail(): void {
    stopSpeaking();
    onFailure();
  }
}

export function pauseSpeaking(): void {
  current?.pause();
  useSpeaker.setState({ state: "paused" });
}

export function goOnSpeaking(): void {
  useSpeaker.setState({ state: "playing" });
  void current?.play();
}

/** Also of what is being spoken. */
export function changeSpeed(speed: number): void {
  useVoiceChoice.setState({ speed });
  if (current) current.playbackRate = speed;
}

export function stopSpeaking(): void {
  const player = current;
  current = undefined;
  player?.pause();
  // Else the server goes on speaking to nobody.
  player?.removeAttribute("src");
  player?.load();
  useSpeaker.setState({ id: undefined, state: "paused" });
}

/** The speed is the player's: so the same words are the same address, which browsers keep. */
function toAddress(provider: string, text: string): string {
  return `/backend-api/v2/synthesize/${encodeURIComponent(provider)}?text=${encodeURIComponent(text)}`;
}
