import { openDeadline } from "../lib/deadline.ts";
import type { Log } from "../lib/log.ts";
import { orAborted, pause } from "../lib/pause.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { Tasks } from "../routing/tasks.ts";
import { toText } from "../store/memory-rows.ts";
import type { MemoryVectors, ReadMemory } from "../store/memory-vectors.ts";
import type { UnreadMemory } from "../store/memory-unread.ts";
import { type Embedder, nameOf, parseEmbedder, toEmbedTask } from "./embedder.ts";

/** What texts mean, as vectors of a provider's: of memories in the background, and of questions while somebody waits. */
export interface Meaning extends AsyncDisposable {
  /** There are memories to read. */
  wake(): void;
  /** What a question means; `undefined` where nobody says so within `patienceMs`, or the caller may not ask. Never throws. */
  of(
    question: string,
    about: { readonly caller: Caller; readonly patienceMs: number; readonly signal: AbortSignal },
  ): Promise<{ readonly model: string; readonly vector: Float32Array } | undefined>;
}

export interface MeaningParts {
  /** `off`, `auto`, a provider's name, or `Provider/model`. */
  readonly setting: string;
  readonly tasks: Tasks;
  readonly vectors: MemoryVectors;
  readonly log: Log;
  /** Whether a caller's budget has something left. Never throws. */
  mayUse(caller: Caller): Promise<boolean>;
  /** Embeddings cost money. Never throws. */
  record(used: EmbeddingUse): Promise<void>;
}

interface Batch {
  readonly candidate: Candidate;
  readonly tokens: number;
  readonly read: readonly ReadMemory[];
}

export interface EmbeddingUse {
  readonly caller: Caller;
  readonly candidate: Candidate;
  readonly tokens: number;
}

/** What a vendor answers for so many texts is read within a few milliseconds. */
const batchTexts = 16;
const batchMs = 120_000;
/** More than what models read of a text, or nearly. */
const maxLetters = 8000;
const pauseMs = { first: 2000, longest: 300_000 };
const readBetweenLogs = 1000;

export function openMeaning({ setting, tasks, vectors, log, mayUse, record }: MeaningParts): Meaning {
  const wished = parseEmbedder(setting);
  const closing = new AbortController();
  /** Once it is known: two models' vectors cannot be compared. */
  let embedder: Embedder | undefined;
  let working: Promise<void> | undefined;
  let isWoken = false;
  let isTold = false;

  return {
    wake,

    async of(question, { caller, patienceMs, signal }) {
      if (!wished || question.trim() === "" || !(await mayUse(caller))) return undefined;
      using deadline = openDeadline(signal, patienceMs, () => new ApiError("upstream_timeout", "nobody waits longer"));
      try {
        const {
          candidate,
          vectors: found,
          tokens,
        } = await orAborted(embed([toAsked(question)], deadline.signal), deadline.signal);
        isTold = false;
        void record({ caller, candidate, tokens });
        const [vector] = found;
        return vector && { model: nameOf(candidate), vector: Float32Array.from(vector) };
      } catch (thrown) {
        // Once, until it can be done again.
        if (!signal.aborted && !isTold)
          log.warn("a question could not be looked for by meaning", {
            memory_embeddings: setting,
            why: toApiError(thrown).brief,
          });
        isTold ||= !signal.aborted;
        return undefined;
      }
    },

    async [Symbol.asyncDispose]() {
      closing.abort(new ApiError("shutting_down", "the server stops"));
      await working?.catch(() => {});
    },
  };

  function wake(): void {
    if (!wished || closing.signal.aborted) return;
    isWoken = true;
    working ??= work().finally(() => {
      working = undefined;
      if (isWoken) wake();
    });
  }

  /** Reads whatever is there to read, and waits longer each time that it fails. */
  async function work(): Promise<void> {
    let [failures, count] = [0, 0];
    const used = new Map<string, EmbeddingUse>();
    while (isWoken && !closing.signal.aborted) {
      isWoken = false;
      try {
        const read = await readSome(used);
        failures = 0;
        if (read > 0) isWoken = true;
        if (
          Math.floor(count / readBetweenLogs) < Math.floor((count += read) / readBetweenLogs) ||
          (read === 0 && count > 0)
        )
          log.info("memories were read, so that they are found by meaning", { count });
        if (read === 0 || used.size > 100) await tellUse(used);
      } catch (thrown) {
        isWoken = true;
        const waitMs = Math.min(pauseMs.longest, pauseMs.first * 2 ** failures++);
        if (!closing.signal.aborted)
          log.warn("memories could not be read by meaning", {
            memory_embeddings: setting,
            again_in_s: waitMs / 1000,
            why: toApiError(thrown).brief,
          });
        await tellUse(used);
        await pause(waitMs, closing.signal).catch(() => {});
      }
    }
  }

  async function readSome(used: Map<string, EmbeddingUse>): Promise<number> {
    embedder ??= await findNamed();
    const unread = await vectors.listUnread(embedder ? nameOf(embedder) : "", batchTexts);
    if (unread.length === 0) return 0;
    using deadline = openDeadline(
      closing.signal,
      batchMs,
      () => new ApiError("upstream_timeout", `it took longer than ${batchMs / 1000} s to read some memories`),
    );
    const { candidate, read, tokens } = await readBatch(unread, deadline.signal);
    await vectors.save(nameOf(candidate), read);
    for (const { owner } of unread) {
      const before = used.get(owner)?.tokens ?? 0;
      used.set(owner, { caller: keyless(owner), candidate, tokens: before + tokens / unread.length });
    }
    return read.length;
  }

  /** Together; where a vendor refuses them, fewer of them, so that one does not hold up the others for ever. */
  async function readBatch(unread: readonly UnreadMemory[], signal: AbortSignal): Promise<Batch> {
    const texts = unread.map(({ text }) => toAsked(toText(text)));
    try {
      const { vectors: found, ...about } = await embed(texts, signal);
      return { ...about, read: unread.map((each, index): ReadMemory => ({ ...each, vector: found[index] })) };
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      if (unread.length > 1) return readBatch(unread.slice(0, Math.ceil(unread.length / 2)), signal);
      // It is this memory only if another text is taken.
      const { candidate, tokens } = await embed(["memory"], signal);
      return { candidate, tokens, read: unread.map((each): ReadMemory => ({ ...each, vector: undefined })) };
    }
  }

  /** The setting's own, where it names a model too: by the provider's own name, since others find it as well. */
  async function findNamed(): Promise<Embedder | undefined> {
    if (wished?.provider === undefined || wished.model === undefined) return undefined;
    const [provider] = await tasks.listAble(toEmbedTask(wished, []));
    return provider && { provider: provider.name, model: wished.model };
  }

  async function embed(texts: readonly string[], signal: AbortSignal) {
    const { value, candidate, end } = await begin(texts, signal);
    end();
    embedder ??= { provider: candidate.provider.name, model: candidate.model };
    return { candidate, vectors: value.vectors, tokens: value.promptTokens ?? 0 };
  }

  /** Of several providers the first that has a model for it, and then always that one: whoever else answers means otherwise. */
  async function begin(texts: readonly string[], signal: AbortSignal) {
    embedder ??= await findNamed();
    if (embedder) return tasks.begin(toEmbedTask(embedder, texts), signal);
    const able = await tasks.listAble(toEmbedTask(wished ?? {}, texts));
    let none: unknown = new ApiError("not_offered", "no provider that is set up makes vectors of texts");
    for (const { name } of able)
      try {
        return await tasks.begin(toEmbedTask({ provider: name }, texts), signal);
      } catch (thrown) {
        if (toApiError(thrown).reason !== "not_offered") throw thrown;
        none = thrown;
      }
    throw none;
  }

  async function tellUse(used: Map<string, EmbeddingUse>): Promise<void> {
    const told = [...used.values()];
    used.clear();
    for (const use of told) await record({ ...use, tokens: Math.round(use.tokens) });
  }
}

/** Memories are read for all at once: nobody's key asked for it. */
function keyless(owner: string): Caller {
  return { owner, role: "user", keyId: null };
}

/** Some vendors refuse an empty text. */
function toAsked(text: string): string {
  const asked = text.slice(0, maxLetters).toWellFormed();
  return asked.trim() === "" ? "-" : asked;
}

function isRefusal(thrown: unknown): boolean {
  const { reason } = toApiError(thrown);
  return reason === "upstream_rejected" || reason === "context_exceeded";
}
