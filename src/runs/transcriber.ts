import type { Caller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Model } from "../protocol/models.ts";
import type { Transcript } from "../providers/media.ts";
import { findModel, isListener } from "../providers/model-traits.ts";
import type { Provider } from "../providers/provider.ts";
import type { Registry } from "../providers/registry.ts";
import type { Task } from "../routing/tasks.ts";
import { doWhole, type WholeTask, type WholeTaskParts } from "./whole-task.ts";

/** Sound with words in it. */
export interface Recording {
  /** Read only once its size is known to be one that vendors take: `Bun.file(path)` will do. */
  readonly sound: Blob;
  /** Vendors tell the kind of sound by its ending. */
  readonly fileName: string;
  /** As `parseLanguage` gives it. */
  readonly language?: string | undefined;
  /** Who is to be asked; the first that can, if it is not said. */
  readonly provider?: string | undefined;
  /** Without one, the one that its name tells of. */
  readonly model?: string | undefined;
  /** Words to be expected; where a model takes none they are left out. */
  readonly prompt?: string | undefined;
}

/** What a recording says, and who wrote it down. */
export interface WrittenDown extends Transcript {
  readonly provider: string;
  readonly model: string;
}

/** Writes down what recordings say, by the first provider that can. */
export interface Transcriber {
  /** Who would be asked first; `undefined` where nobody can be. */
  find(): Provider | undefined;
  /** Who has a model for it, the first that would be asked first. */
  listListeners(): Promise<readonly string[]>;
  /**
   * The words, and what else is told of them. It leaves a row of usage.
   *
   * @throws {ApiError} `body_too_large`, `budget_spent`, `provider_not_found`, `not_offered` where nobody can; else as a provider's `transcribe`;
   * `cancelled` when `signal` aborts
   */
  transcribe(recording: Recording, caller: Caller, signal: AbortSignal): Promise<WrittenDown>;
}

export interface TranscriberParts extends WholeTaskParts {
  readonly registry: Registry;
}

/** What OpenAI, Groq and others take at most, in bytes: an hour of speech as MP3. */
export const maxRecordingBytes = 25 * 1024 * 1024;

export function createTranscriber(parts: TranscriberParts): Transcriber {
  const { tasks, registry } = parts;
  return {
    find: () => registry.select().find(({ transcribe }) => transcribe !== undefined),
    listListeners: () => tasks.listReady(toTask({ sound: new Uint8Array(), fileName: "" })),
    async transcribe({ sound, ...about }, caller, signal) {
      if (sound.size > maxRecordingBytes)
        throw new ApiError(
          "body_too_large",
          "the recording has more than 25 MiB, which is as much as providers write down at once: send it in parts",
        );
      const task: WholeTask<Transcript> = {
        toTask: async () => toTask({ ...about, sound: await sound.bytes() }),
        purpose: "to write down the recording",
        toCounted: ({ duration }) => ({ details: { ...(duration !== undefined && { seconds: duration }) } }),
      };
      const { value, candidate } = await doWhole(task, caller, signal, parts);
      return { ...value, provider: candidate.provider.name, model: candidate.model };
    },
  };
}

/**
 * The language of a recording, as people and browsers name it: `de`, `pt-BR`; `undefined` for none, and for `auto`.
 *
 * @throws {ApiError} `invalid_request`
 */
export function parseLanguage(given: string | null | undefined, field = "x-recognition-language"): string | undefined {
  const language = given?.trim().toLowerCase() ?? "";
  if (language === "" || language === "auto") return undefined;
  // Vendors know languages, and not where they are spoken.
  const [, code] = /^([a-z]{2,3})([-_][a-z0-9_-]{1,30})?$/.exec(language) ?? [];
  if (code !== undefined) return code;
  throw new ApiError("invalid_request", `${field}: expected a language such as en or pt-BR`);
}

interface Heard extends Omit<Recording, "sound"> {
  readonly sound: Uint8Array;
}

function toTask({ provider: asked, model: wished, sound, fileName, language, prompt }: Heard): Task<Transcript> {
  const request = {
    sound,
    fileName,
    ...(language !== undefined && { language }),
    ...(prompt !== undefined && { prompt }),
  };
  return {
    provider: asked,
    model: wished,
    skill: "write down recordings",
    kind: "transcription",
    isAble: ({ transcribe }) => transcribe !== undefined,
    choose: chooseListener,
    ask({ provider, model }, call) {
      if (provider.transcribe) return provider.transcribe({ model, ...request }, call);
      throw new ApiError("not_offered", `${provider.name} cannot write down recordings`);
    },
  };
}

/** The operator's choice, else the adapter's if it is listed, else the first that does nothing else. */
function chooseListener({ defaultModel = "", usualListeners = [] }: Provider, models: readonly Model[] = []) {
  if (isListener(defaultModel)) return defaultModel;
  // A list that is empty says nothing: some vendors have none.
  if (models.length === 0) return usualListeners[0];
  const listed = usualListeners.flatMap((name) => findModel(models, name)?.id ?? []);
  return listed[0] ?? models.find(({ id }) => isListener(id))?.id;
}
