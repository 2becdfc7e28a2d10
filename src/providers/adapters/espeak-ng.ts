import { createSemaphore } from "../../lib/semaphore.ts";
import { ApiError } from "../../protocol/errors.ts";
import { createEspeak } from "../espeak-ng/program.ts";
import { say } from "../espeak-ng/speech.ts";
import { findLanguage } from "../espeak-ng/voices.ts";
import type { Speech, SpeechRequest } from "../media.ts";
import { createModel, mediaTraits } from "../model-traits.ts";
import { startReading } from "../pieces.ts";
import { createPlainProvider } from "../plain-provider.ts";
import type { Adapter, Call } from "../provider.ts";

/** Texts that are spoken at once, each by a process of its own, and those that wait for their turn. */
const most = { speaking: 4, waiting: 32 };

const model = "espeak-ng";
const usual = { voice: "en", format: "wav", speed: 1 };

/**
 * Speech without a network: https://github.com/espeak-ng/espeak-ng/blob/master/src/espeak-ng.1.ronn
 *
 * The one adapter that asks a program rather than a server.
 */
export const espeakNg: Adapter = {
  name: "Espeak",
  aliases: ["espeak-ng"],
  keyNames: [],
  addressNames: [],
  isProgram: true,
  open(options) {
    const { name, limits, programPath = "" } = options;
    const espeak = createEspeak(name, programPath);
    const places = createSemaphore(most.speaking, most.waiting);

    async function speak({ text, voice, format, speed }: SpeechRequest, call: Call): Promise<Speech> {
      const { signal, silenceMs = Infinity } = call;
      if ((format ?? usual.format) !== usual.format)
        throw new ApiError("upstream_rejected", `${name} speaks in ${usual.format}, not in ${format}`);
      const path = await espeak.get(signal);
      const language = findLanguage(await espeak.listVoices(path, signal), voice ?? usual.voice, name);
      const bytes = await startReading(
        say({
          path,
          language,
          text,
          speed: speed ?? usual.speed,
          provider: name,
          silenceMs: Math.min(limits.silenceMs, silenceMs),
          places,
          signal,
        }),
      );
      if (!bytes) throw new ApiError("no_media", `${name} made no sound of it`);
      return { mime: "audio/wav", bytes };
    }

    const identity = {
      name,
      label: "eSpeak NG",
      url: "https://github.com/espeak-ng/espeak-ng",
      loginUrl: null,
      auth: false,
      baseUrl: "",
      usualModels: [model],
    };
    return createPlainProvider(identity, options, {
      makes: () => "audio",
      parameters: (model) => ({ model, ...usual }),
      listModels: async () => [createModel(model, { ...mediaTraits("audio"), label: "eSpeak NG" })],
      check: async ({ signal }) => void (await espeak.get(signal)),
      speak,
    });
  },
};
