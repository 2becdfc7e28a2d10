import { withWavSizes } from "../lib/wav.ts";
import type { ChatRequest, Message } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Candidate } from "../routing/candidate.ts";
import { inlineOf, partsOf, textOf } from "../providers/content.ts";
import type { MediaRequest, SpeechRequest } from "../providers/media.ts";
import { readWhole } from "../providers/pieces.ts";
import type { Call, Provider, ProviderEvent } from "../providers/provider.ts";
import { toChat, toFields } from "./prepare.ts";

/** A question that is ready to be asked: of a model that chats, or of one that makes something. */
export type Question = (call: Call) => AsyncIterable<readonly ProviderEvent[]>;

/** @throws {ApiError} `upstream_rejected` for what the provider cannot do */
export function toQuestion(
  request: ChatRequest,
  messages: readonly Message[],
  candidate: Candidate,
  isEmulated: boolean,
  notes: string[],
): Question {
  const { provider, model } = candidate;
  const kind = provider.makes?.(model);
  if (kind === "audio") return (call) => speak(provider, toSpeech(request, messages, candidate, notes), call);
  if (kind !== undefined) return (call) => generate(provider, toMedia(request, messages, candidate, notes), call);
  const chat = toChat(request, messages, candidate, isEmulated, notes);
  return (call) => {
    if (provider.chat) return provider.chat(chat, call);
    throw new ApiError(
      "upstream_rejected",
      `${provider.name} answers no chats: name one of its models that makes media`,
    );
  };
}

/** Sound that is larger is a book; arbitrary, in bytes. */
const maxSpeechBytes = 64 * 1024 * 1024;

async function* speak(provider: Provider, request: SpeechRequest, call: Call): AsyncGenerator<ProviderEvent[]> {
  if (!provider.speak) throw new ApiError("upstream_rejected", `${provider.name} has no voice`);
  const { mime, bytes } = await provider.speak(request, call);
  const sound = withWavSizes(await readWhole(bytes, provider.name, maxSpeechBytes));
  yield [
    { type: "media", medium: { kind: "audio", source: { bytes: sound }, mime, alt: request.text } },
    { type: "finish", reason: "stop" },
  ];
}

function generate(provider: Provider, request: MediaRequest, call: Call): AsyncIterable<readonly ProviderEvent[]> {
  if (provider.generate) return provider.generate(request, call);
  throw new ApiError("upstream_rejected", `${provider.name} makes no pictures or films`);
}

function toSpeech(
  request: ChatRequest,
  messages: readonly Message[],
  candidate: Candidate,
  notes: string[],
): SpeechRequest {
  const { voice, format, speed } = toFields(request, candidate, notes).media;
  return {
    model: candidate.model,
    text: lastText(messages),
    ...(voice != null && { voice }),
    ...(format != null && { format }),
    ...(speed != null && { speed }),
  };
}

/** What the last message of the user says, and the pictures in it, which are to be worked on. */
function toMedia(
  request: ChatRequest,
  messages: readonly Message[],
  candidate: Candidate,
  notes: string[],
): MediaRequest {
  const { provider, model } = candidate;
  const { media, extra } = toFields(request, candidate, notes);
  const parts = partsOf(messages.findLast(({ role }) => role === "user")?.content);
  const inputs = parts.flatMap((part) => (part.type === "image_url" ? [inlineOf(part, provider.name)] : []));
  return { model, prompt: lastText(messages), inputs, settings: media, extra };
}

function lastText(messages: readonly Message[]): string {
  const text = textOf(messages.findLast(({ role }) => role === "user")?.content).trim();
  if (text === "") throw new ApiError("upstream_rejected", "say in words what is to be made");
  return text;
}
