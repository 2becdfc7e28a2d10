import { Pause, Play, Square, Volume2 } from "lucide-react";
import { useEffect, useId } from "react";
import { IconButton } from "../parts/button.tsx";
import { notify } from "../parts/toast.tsx";
import { useVoices } from "../state/voices.ts";
import { ListenMenu } from "./listen-menu.tsx";
import { goOnSpeaking, pauseSpeaking, speak, stopSpeaking, useSpeaker } from "./speaker.ts";
import { toSpeech } from "./speech-text.ts";
import { useVoiceChoice } from "./voice-choice.ts";

/** Reads an answer aloud. It is there only where somebody has a voice. */
export function Listen({ text }: { readonly text: string }) {
  const id = useId();
  const { speakers } = useVoices();
  const chosen = useVoiceChoice((choice) => choice.provider);
  const state = useSpeaker((speaker) => (speaker.id === id ? speaker.state : undefined));
  useEffect(() => () => void (useSpeaker.getState().id === id && stopSpeaking()), [id]);
  const provider = speakers.find((name) => name === chosen) ?? speakers[0];
  if (provider === undefined) return null;

  const begin = () => {
    const pieces = toSpeech(text);
    if (pieces.length === 0) return notify({ text: "There are no words in it to be read aloud." });
    const onFailure = () =>
      notify({ text: `${provider} could not read it aloud. Try another voice.`, isFailure: true });
    speak({ id, pieces, provider, onFailure });
  };

  return (
    <span className="answer-listen">
      {state === undefined && (
        <IconButton label="Read aloud" onClick={begin}>
          <Volume2 aria-hidden size={16} />
        </IconButton>
      )}
      {state === "paused" && (
        <IconButton label="Go on reading aloud" onClick={goOnSpeaking}>
          <Play aria-hidden size={16} />
        </IconButton>
      )}
      {(state === "playing" || state === "waiting") && (
        <IconButton label="Pause reading aloud" onClick={pauseSpeaking} aria-busy={state === "waiting"}>
          <Pause aria-hidden size={16} />
        </IconButton>
      )}
      {state !== undefined && (
        <IconButton label="Stop reading aloud" onClick={stopSpeaking}>
          <Square aria-hidden size={14} fill="currentColor" />
        </IconButton>
      )}
      <ListenMenu speakers={speakers} provider={provider} />
    </span>
  );
}
