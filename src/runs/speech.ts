import { openDeadline, within } from "../lib/deadline.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { Caller } from "../protocol/caller.ts";
import type { Model } from "../protocol/models.ts";
import type { Speech, SpeechRequest } from "../providers/media.ts";
import { findModel } from "../providers/model-traits.ts";
import type { Provider } from "../providers/provider.ts";
import type { Task, Tasks } from "../routing/tasks.ts";
import type { KeyRuns } from "./key-runs.ts";
import { cancellation } from "./live-run.ts";
import { recordTask, type TaskRecordParts } from "./task-record.ts";

/** Words to be spoken at once, rather than kept. */
export interface SpeechAsk extends Omit<SpeechRequest, "model"> {
  readonly provider: string;
  readonly model?: string;
}

/** Speech that has begun. It is to be read, and `bytes.return()` called where it is not read to its end. */
export interface Spoken extends Speech {
  readonly provider: string;
  readonly model: string;
  /** Where it fails what was heard is not the whole. */
  readonly bytes: AsyncGenerator<Uint8Array, void>;
  /** Aborts when the caller's does, and when the whole has taken too long. */
  readonly signal: AbortSignal;
}

/**
 * Speech as it is made. It is no run: there is nothing to join, and nothing is kept. It counts against the limits of its
 * provider, what it teaches of the provider counts for runs, and once it has begun it leaves a row of usage.
 */
export interface Speeches extends AsyncDisposable {
  /** @throws {ApiError} what can be known without asking anybody */
  check(ask: SpeechAsk): Promise<void>;
  /** As `check`, and whether anybody lists a voice: what can be known before anybody is paid. */
  assertAble(ask: SpeechAsk): Promise<void>;
  /** Who has a voice, the first that would be asked first. */
  listSpeakers(): Promise<readonly string[]>;
  /** Resolves when the first sound is there. @throws {ApiError} for whatever fails before; `budget_spent`, as `KeyRuns.begin` */
  start(ask: SpeechAsk, caller: Caller, signal: AbortSignal): Promise<Spoken>;
}

export interface SpeechesParts extends TaskRecordParts {
  readonly tasks: Tasks;
  readonly maxRuns: number;
  readonly keyRuns: KeyRuns;
  /** Longest time for one, in milliseconds. */
  readonly runMs: number;
  readonly isDraining: () => boolean;
}

/** How long those that are being stopped may take to end, in milliseconds: a row is to be written. */
const endMs = 2_000;

export function createSpeeches(parts: SpeechesParts): Speeches {
  const { tasks, clock, maxRuns, runMs } = parts;
  const live = new Set<Promise<void>>();

  return {
    async check(ask) {
      await tasks.listAble(toTask(ask));
    },
    assertAble: (ask) => tasks.assertAble(toTask(ask)),
    listSpeakers: () => tasks.listReady(toTask({ provider: "", text: "" })),

    async start(ask, caller, callersSignal) {
      assertOpen();
      await parts.budgets.check(caller);
      const endRun = parts.keyRuns.begin(caller);
      const startedAt = clock();
      const { promise, resolve } = Promise.withResolvers<void>();
      const deadline = openDeadline(callersSignal, runMs, tooLong);
      const { signal } = deadline;
      const whyStopped = () => (callersSignal.aborted ? cancellation() : toApiError(signal.reason));
      const end = () => {
        deadline[Symbol.dispose]();
        live.delete(promise);
        endRun();
        resolve();
      };
      live.add(promise);
      try {
        const { value, candidate, end: endTask } = await tasks.begin(toTask(ask), signal);
        const about = { caller, startedAt, candidate, details: { characters: ask.text.length } };
        const record = async (thrown?: unknown) => {
          endTask(thrown);
          await recordTask(parts, about, signal.aborted ? whyStopped() : thrown);
          end();
        };
        const { provider, model } = candidate;
        const bytes = tell(value, record);
        await bytes.next();
        return { mime: value.mime, bytes, signal, provider: provider.name, model };
      } catch (thrown) {
        end();
        throw signal.aborted ? whyStopped() : thrown;
      }
    },

    async [Symbol.asyncDispose]() {
      await within(Promise.all(live), endMs);
    },
  };

  function tooLong(): ApiError {
    return new ApiError("upstream_timeout", `it took longer than ${runMs / 1000} s to speak`);
  }

  /** @throws {ApiError} `shutting_down`, `too_many_runs` */
  function assertOpen(): void {
    if (parts.isDraining())
      throw new ApiError("shutting_down", "the server is stopping; try again in a moment", { retryAfterMs: 5000 });
    if (live.size >= maxRuns)
      throw new ApiError("too_many_runs", `${maxRuns} texts are being spoken already; try again in a moment`, {
        retryAfterMs: 1000,
      });
  }
}

/**
 * Whoever stops reading before the end has cancelled it, also who never began: so the first step, in which nothing comes,
 * is ours. A generator that has not taken one ends without its `finally`.
 */
async function* tell({ bytes }: Speech, record: (thrown?: unknown) => Promise<void>): AsyncGenerator<Uint8Array, void> {
  const pieces = bytes[Symbol.asyncIterator]();
  let failure: unknown = cancellation();
  try {
    yield new Uint8Array();
    yield* { [Symbol.asyncIterator]: () => pieces };
    failure = undefined;
  } catch (thrown) {
    failure = thrown;
    throw thrown;
  } finally {
    // Whatever the vendor's stream does as it ends: the place that it took is free again.
    await Promise.resolve(pieces.return?.()).catch(() => {});
    await record(failure);
  }
}

function toTask({ provider, model: asked, ...request }: SpeechAsk): Task<Speech> {
  return {
    provider,
    model: asked,
    skill: "speak",
    kind: "speech",
    isAble: ({ speak }) => speak !== undefined,
    choose: chooseSpeaker,
    ask({ provider, model }, call) {
      if (provider.speak) return provider.speak({ model, ...request }, call);
      throw new ApiError("not_offered", `${provider.name} cannot speak`);
    },
  };
}

/** The operator's choice, else the adapter's if it is listed, else the first that speaks. */
function chooseSpeaker(provider: Provider, models: readonly Model[] = []): string | undefined {
  const { defaultModel, usualSpeakers = [], usualModels } = provider;
  const speaks = (id: string) => provider.makes?.(id) === "audio";
  if (defaultModel !== undefined && speaks(defaultModel)) return defaultModel;
  const usual = [...usualSpeakers, ...usualModels].filter(speaks);
  // A list that is empty says nothing: some vendors have none.
  if (models.length === 0) return usual[0];
  const listed = usual.flatMap((name) => findModel(models, name)?.id ?? []);
  return listed[0] ?? models.find(({ id }) => speaks(id))?.id;
}
