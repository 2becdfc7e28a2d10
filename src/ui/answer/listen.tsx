import { Pause, Play, Square, Volume2 } from "lucide-react";
import { useEffect, useId, useRef } from "react";
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
  const button = useRef<HTMLButtonElement>(null);
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

  // One button, whatever it does next: so the focus stays on it.
  const next = { begin, pause: pauseSpeaking, goOn: goOnSpeaking }[toNext(state)];
  const { label, icon: Icon } = looks[toNext(state)];
  return (
    <span className="answer-listen">
      <IconButton ref={button} label={label} onClick={next} aria-busy={state === "waiting"}>
        <Icon aria-hidden size={16} />
      </IconButton>
      {state !== undefined && (
        <IconButton
          label="Stop reading aloud"
          onClick={() => {
            stopSpeaking();
            button.current?.focus();
          }}
        >
          <Square aria-hidden size={14} fill="currentColor" />
        </IconButton>
      )}
      <ListenMenu speakers={speakers} provider={provider} />
    </span>
  );
}

const looks = {
  begin: { label: "Read aloud", icon: Volume2 },
  pause: { label: "Pause reading aloud", icon: Pause },
  goOn: { label: "Go on reading aloud", icon: Play },
};

function toNext(state: "waiting" | "playing" | "paused" | undefined): keyof typeof looks {
  if (state === undefined) return "begin";
  return state === "paused" ? "goOn" : "pause";
}
