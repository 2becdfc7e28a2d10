import { ApiError } from "../../protocol/errors.ts";
import { wavHeader } from "../../lib/wav.ts";
import type { Medium, Speech, SpeechRequest } from "../media.ts";
import type { Call, Provider } from "../provider.ts";

interface Sound {
  readonly bytes: Uint8Array;
  readonly mime: string;
}

/**
 * Speech comes as a chat's answer does, sound instead of words: https://ai.google.dev/gemini-api/docs/speech-generation
 *
 * The vendor makes WAV or raw samples and nothing else: whoever asks for another format gets WAV, and is told so by its type.
 */
export async function speak(provider: Provider, request: SpeechRequest, call: Call): Promise<Speech> {
  const pieces = readSound(provider, request, call);
  // Waited for here, so that a refusal refuses and does not break a stream.
  const first = await pieces.next();
  if (first.done) throw new ApiError("no_media", `${provider.name} made no sound: it gave no reason`);
  const { mime } = first.value;
  const isRaw = /^audio\/(l16|pcm)\b/i.test(mime);
  const isWrapped = isRaw && request.format !== "pcm";
  return { mime: isWrapped ? "audio/wav" : mime, bytes: write(first.value, pieces, isWrapped) };
}

async function* write(first: Sound, rest: AsyncGenerator<Sound, void>, isWrapped: boolean): AsyncGenerator<Uint8Array> {
  // `audio/L16;codec=pcm;rate=24000`, `audio/l16; rate=24000; channels=1`: little-endian, whatever RFC 2586 says.
  const told = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(first.mime)?.[1]);
  try {
    if (isWrapped) yield wavHeader(told("rate") || 24000, told("channels") || 1);
    yield first.bytes;
    for await (const { bytes } of rest) yield bytes;
  } finally {
    // Whoever has heard enough ends the vendor's answer too.
    await rest.return();
  }
}

async function* readSound(
  provider: Provider,
  { model, text, voice }: SpeechRequest,
  call: Call,
): AsyncGenerator<Sound, void> {
  const messages = [{ role: "user" as const, content: text }];
  const chat = { model, messages, sampling: {}, state: undefined, extra: {}, media: { voice } };
  for await (const batch of provider.chat?.(chat, call) ?? [])
    for (const event of batch) if (event.type === "media") yield* toSound(event.medium);
}

function* toSound({ kind, source, mime = "audio/wav" }: Medium): Generator<Sound> {
  if (kind === "audio" && "bytes" in source) yield { bytes: source.bytes, mime };
}
