import { arrayAt, at, textAt } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { Transcript, TranscriptionRequest } from "../media.ts";
import type { Call } from "../provider.ts";
import type { Requests } from "../requests.ts";
import { emptyAnswer } from "./refusal.ts";

/** A recording is a part of a question, as a picture is: https://ai.google.dev/gemini-api/docs/audio */
export async function transcribe(
  requests: Requests,
  provider: string,
  request: TranscriptionRequest,
  call: Call,
): Promise<Transcript> {
  const path = `/models/${encodeURIComponent(request.model.toWellFormed())}:generateContent`;
  const answer = await requests.json({ path, body: await toBody(request), isSlow: true }, call);
  const candidate = at(answer, "candidates", 0);
  const turns = arrayAt(candidate, "content", "parts").flatMap((part) => {
    if (at(part, "thought") === true) return [];
    return textAt(part, "audioTranscription", "text") ?? textAt(part, "text") ?? [];
  });
  const text = turns.join(isListener(request.model) ? " " : "").trim();
  // Silence has no words, and ends as an answer does.
  if (text === "" && textAt(candidate, "finishReason") !== "STOP") throw emptyAnswer(answer, provider, "transcript");
  return { text };
}

async function toBody({ model, sound, fileName, language, prompt }: TranscriptionRequest) {
  const recording = {
    inlineData: { mimeType: await typeOf(sound, fileName), data: Buffer.from(sound).toString("base64") },
  };
  if (isListener(model))
    return {
      contents: [{ role: "user", parts: [recording] }],
      generationConfig: {
        // Without times such a model sends no words at all.
        audioTranscriptionConfig: { wordTimestamp: true, ...(language && { languageCodes: [language] }) },
      },
    };
  const asked = [
    "Write down what is said in this recording, word for word, in the language that is spoken. Answer with these words alone.",
    ...(language ? [`The language is ${language}.`] : []),
    ...(prompt ? [`What may help to understand it: ${prompt}`] : []),
  ].join("\n");
  return { contents: [{ role: "user", parts: [recording, { text: asked }] }] };
}

/** Models that write down what they hear and do nothing else; all others must be told to. */
function isListener(model: string): boolean {
  return model.includes("transcribe");
}

/** The vendor's own names, where others are more usual. */
const vendorTypes: Readonly<Record<string, string>> = {
  "audio/mpeg": "audio/mp3",
  "audio/x-m4a": "audio/m4a",
  "video/mp4": "audio/mp4",
  "video/webm": "audio/webm",
};

async function typeOf(sound: Uint8Array, fileName: string): Promise<string> {
  const { fileTypeFromBuffer } = await import("file-type");
  const found = (await fileTypeFromBuffer(sound))?.mime;
  const ending = /\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? "wav";
  return found === undefined ? `audio/${ending}` : (lookUp(vendorTypes, found) ?? found.replace(/;.*/, ""));
}
