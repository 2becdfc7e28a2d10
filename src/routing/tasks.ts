import { ApiError, type ErrorClass, toApiError } from "../protocol/errors.ts";
import type { Model } from "../protocol/models.ts";
import type { Catalogue } from "../providers/catalogue.ts";
import { findModel } from "../providers/model-traits.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { isRouterName, type Registry } from "../providers/registry.ts";
import { askedModel } from "./asked.ts";
import type { Candidate } from "./candidate.ts";
import { isOfKey } from "./cooling.ts";
import { createDraws } from "./draws.ts";
import type { Health } from "./health.ts";
import { withKeys } from "./keys.ts";
import type { Load } from "./load.ts";

export type TaskKind = "speech" | "transcription" | "embedding";

/** What a provider is asked for beside answers: speech, what a recording says, or vectors of texts. */
export interface Task<T> {
  /** A provider's name; the router's, or none, stands for all that are set up. */
  readonly provider?: string | undefined;
  readonly model?: string | null | undefined;
  /** For people: `speak`. */
  readonly skill: string;
  readonly kind: TaskKind;
  isAble(provider: Provider): boolean;
  /** The model for those who name none; `models` is `undefined` where the provider cannot list them. */
  choose(provider: Provider, models: readonly Model[] | undefined): string | undefined;
  ask(candidate: Candidate, call: Call): Promise<T>;
}

/** A task that has begun well. */
export interface Begun<T> {
  readonly value: T;
  readonly candidate: Candidate;
  /** To be told when it is over, with what it failed with; the first word counts. */
  end(thrown?: unknown): void;
}

/** Who hears of every try at a task, also of those that did not begin. It neither throws nor waits. */
export interface TaskObserver {
  ended(task: EndedTask): void;
}

export interface EndedTask {
  readonly provider: string;
  readonly kind: TaskKind;
  readonly outcome: "done" | "cancelled" | "error";
  readonly error: ErrorClass | null;
  readonly ms: number;
}

/** Asks until one begins well: with the next key, and for the router the next provider. */
export interface Tasks {
  /** Those who can do it. @throws {ApiError} `provider_not_found`, `not_offered` */
  listAble<T>(task: Task<T>): Promise<readonly Provider[]>;
  /** Whether anybody has a model for it. @throws {ApiError} as `listAble`; `model_not_found` */
  assertAble<T>(task: Task<T>): Promise<void>;
  /** The names of those who have a model for it, in the order in which they would be asked; none where nobody can. */
  listReady<T>(task: Task<T>): Promise<readonly string[]>;
  /**
   * @throws {ApiError} as `listAble`; `model_not_found`; `rate_limited` by our own limits; what the last one failed with
   * @throws the signal's reason
   */
  begin<T>(task: Task<T>, signal: AbortSignal): Promise<Begun<T>>;
}

export interface TasksParts {
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  readonly health: Health;
  readonly load: Load;
  /** Resolves when the first look for local runtimes is over. */
  readonly ready: Promise<unknown>;
  readonly observer: TaskObserver;
}

export function createTasks({ registry, catalogue, health, load, ready, observer }: TasksParts): Tasks {
  const draws = createDraws();
  return { listAble, assertAble, listReady, begin };

  async function listAble<T>({ provider, skill, isAble }: Task<T>): Promise<readonly Provider[]> {
    await ready;
    const known = registry.select(provider);
    const able = known.filter(isAble);
    if (able.length > 0) return able;
    const none = isRouted({ provider })
      ? `no provider that is set up can ${skill}; set the key of one that can, such as OPENAI_API_KEY`
      : `${known[0]?.name} cannot ${skill}`;
    throw new ApiError("not_offered", none);
  }

  async function assertAble<T>(task: Task<T>): Promise<void> {
    if ((await listModels(task)).length === 0) throw noModel(task);
  }

  async function listReady<T>(task: Task<T>): Promise<readonly string[]> {
    await ready;
    if (!registry.select(task.provider).some(task.isAble)) return [];
    return (await listModels(task)).map(({ provider }) => provider.name);
  }

  async function begin<T>(task: Task<T>, signal: AbortSignal): Promise<Begun<T>> {
    let failure = noModel(task);
    for (const candidate of await listCandidates(task)) {
      try {
        return await attempt(candidate, task, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        failure = toApiError(thrown);
        if (!isRouted(task) && !isOfKey(failure)) break;
      }
    }
    throw failure;
  }

  /** Those that cool come last, since nobody else may be left. */
  async function listCandidates<T>(task: Task<T>): Promise<readonly Candidate[]> {
    const isFree = (candidate: Candidate) => health.cooling(candidate) === undefined;
    const all = withKeys(await listModels(task), draws, health);
    return isRouted(task) ? [...all.filter(isFree), ...all.filter((each) => !isFree(each))] : all;
  }

  async function listModels<T>(task: Task<T>) {
    const able = await listAble(task);
    const models = await Promise.all(able.map((provider) => modelOf(provider, task)));
    return able.flatMap((provider, index) => {
      const model = models[index];
      return model === undefined ? [] : [{ provider, model }];
    });
  }

  async function modelOf<T>(provider: Provider, task: Task<T>): Promise<string | undefined> {
    const asked = askedModel(task.model);
    if (asked !== null && !isRouted(task)) return asked;
    const models = await catalogue.find(provider);
    return asked === null ? task.choose(provider, models) : findModel(models ?? [], asked)?.id;
  }

  async function attempt<T>(candidate: Candidate, task: Task<T>, signal: AbortSignal): Promise<Begun<T>> {
    const { name } = candidate.provider;
    const full = load.refusal(name);
    if (full) throw new ApiError("rate_limited", `${name} was not asked: ${full.why}`, full);
    const end = count(candidate, task.kind, signal);
    const { keyIndex } = candidate;
    try {
      const value = await task.ask(candidate, { signal, ...(keyIndex !== undefined && { keyIndex }) });
      return { value, candidate, end };
    } catch (thrown) {
      end(thrown);
      throw thrown;
    }
  }

  /** Counts a question until it ends, and keeps what is learnt of the provider by it. */
  function count(candidate: Candidate, kind: TaskKind, signal: AbortSignal): Begun<unknown>["end"] {
    const ticket = load.begin(candidate);
    const trial = health.begin(candidate);
    const startedAt = performance.now();
    let isOver = false;
    return (thrown) => {
      if (isOver) return;
      isOver = true;
      ticket.end(0);
      const about = { provider: candidate.provider.name, kind, ms: performance.now() - startedAt };
      if (thrown === undefined) {
        trial.succeeded();
        observer.ended({ ...about, outcome: "done", error: null });
      } else {
        const failure = toApiError(signal.aborted ? signal.reason : thrown);
        const isCancelled = failure.class === "CancelledError";
        // That the caller left, or that the whole took too long, says nothing of it.
        if (signal.aborted) trial.abandoned();
        else trial.failed(failure);
        observer.ended({
          ...about,
          outcome: isCancelled ? "cancelled" : "error",
          error: isCancelled ? null : failure.class,
        });
      }
    };
  }
}

function isRouted({ provider = "" }: Pick<Task<unknown>, "provider">): boolean {
  return provider === "" || isRouterName(provider);
}

function noModel<T>({ provider, model, skill }: Task<T>): ApiError {
  const asked = askedModel(model);
  if (asked !== null)
    return new ApiError(
      "model_not_found",
      `no provider that can ${skill} has the model ${JSON.stringify(asked.slice(0, 80))}; GET /v1/models lists what there is`,
    );
  const listed = isRouted({ provider })
    ? `no provider that is set up lists a model that can ${skill}`
    : `${provider} lists no model that can ${skill}`;
  return new ApiError("not_offered", `${listed}; name one in model`);
}
