/** A microphone that is listened to. */
export interface Recorder {
  /** Ends it, and gives what was said. */
  stop(): Promise<File>;
  /** Ends it, and forgets what was said. */
  cancel(): void;
}

/** Enough for speech: an hour is 14 MB, of 25 that are taken at once. */
const audioBitsPerSecond = 32_000;

/** Whether this browser can record here: pages of other machines have no microphone without https. */
export function canRecord(): boolean {
  return "mediaDevices" in navigator && typeof MediaRecorder === "function";
}

/** Asks for the microphone, and listens. @throws {Error} whose message says why it cannot */
export async function openRecorder(): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch((thrown: unknown) => {
    throw new Error(explain(thrown));
  });
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond });
  const pieces: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  recorder.start();
  const letGo = () => stream.getTracks().forEach((track) => track.stop());
  return {
    async stop() {
      await new Promise<void>((resolve) => {
        recorder.addEventListener("stop", () => resolve(), { once: true });
        if (recorder.state === "inactive") resolve();
        else recorder.stop();
      });
      letGo();
      const type = recorder.mimeType.split(";")[0] || "audio/webm";
      // What writes it down tells the kind of sound by the name.
      return new File(pieces, `recording.${endings[type] ?? "webm"}`, { type });
    },
    cancel() {
      if (recorder.state !== "inactive") recorder.stop();
      letGo();
    },
  };
}

const endings: Readonly<Record<string, string>> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

function explain(thrown: unknown): string {
  const name = thrown instanceof DOMException ? thrown.name : "";
  if (name === "NotAllowedError")
    return "The microphone is not allowed for this page. The browser's settings of this page allow it.";
  if (name === "NotFoundError") return "There is no microphone.";
  return "The microphone cannot be used. Does another program hold it?";
}
