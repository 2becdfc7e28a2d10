import { Mic, Square, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { unwrap } from "../../../client/index.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { client } from "../state/client.ts";
import { useVoices } from "../state/voices.ts";
import { canRecord, openRecorder, type Recorder } from "./recorder.ts";

export interface VoiceInProps {
  /** Asked as a recording ends: where its words go, whatever is shown by the time that they are written down. */
  readonly toPlace: () => (text: string) => void;
  /** When the buttons of a recording are gone, and the focus with them. */
  readonly onEnd: () => void;
}

/** Speaks instead of typing. It is there only where somebody can write down what is said. */
export function VoiceIn({ toPlace, onEnd }: VoiceInProps) {
  const { listeners } = useVoices();
  const [state, setState] = useState<"idle" | "asking" | "recording" | "writing">("idle");
  const recorder = useRef<Recorder>(undefined);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      recorder.current?.cancel();
    };
  }, []);
  if (listeners.length === 0 || !canRecord()) return null;

  if (state === "writing") return <Button disabled>Writing it down…</Button>;
  if (state === "recording")
    return (
      <>
        <IconButton label="Discard the recording" onClick={discard}>
          <X aria-hidden size={18} />
        </IconButton>
        <Button className="composer-recording" aria-label="Stop recording" onClick={() => void finish()} autoFocus>
          <Square aria-hidden size={14} fill="currentColor" /> <Time />
        </Button>
      </>
    );
  return (
    <IconButton label="Speak" aria-disabled={state === "asking"} onClick={() => void begin()}>
      <Mic aria-hidden size={18} />
    </IconButton>
  );

  async function begin(): Promise<void> {
    if (state === "asking") return;
    setState("asking");
    try {
      const opened = await openRecorder();
      // Whoever went elsewhere before they allowed it is not listened to.
      if (isGone.current) return opened.cancel();
      recorder.current = opened;
      setState("recording");
    } catch (thrown) {
      setState("idle");
      notify({ text: toReason(thrown), isFailure: true });
    }
  }

  async function finish(): Promise<void> {
    const opened = recorder.current;
    recorder.current = undefined;
    if (!opened) return;
    const place = toPlace();
    onEnd();
    await write(await opened.stop(), place);
  }

  async function write(recording: File, place: (text: string) => void): Promise<void> {
    setState("writing");
    try {
      const { text } = await unwrap(client.api.transcribe.post({ file: recording }));
      if (text.trim() === "") notify({ text: "No words were heard." });
      else place(text.trim());
    } catch (thrown) {
      const action = { label: "Try again", onSelect: () => void write(recording, place) };
      notify({ text: toReason(thrown), isFailure: true, action });
    } finally {
      setState("idle");
    }
  }

  function discard(): void {
    recorder.current?.cancel();
    recorder.current = undefined;
    setState("idle");
    onEnd();
  }
}

/** How long it has been recording. */
function Time() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const start = Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - start) / 1000)), 250);
    return () => clearInterval(timer);
  }, []);
  return <span aria-hidden>{`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`}</span>;
}
