import type { SseMessage } from "../lib/sse.ts";
import { ApiError, type ErrorCode } from "../protocol/errors.ts";
import type { Model, Quota } from "../protocol/models.ts";
import { createFraming, type Framing } from "./framing.ts";
import { type FailureContext, fromStreamError } from "./failure.ts";
import type { Call, Provider, ProviderChat, ProviderEvent, ProviderIdentity, ProviderOptions } from "./provider.ts";
import { addressGaps } from "./address.ts";
import { createModel } from "./model-traits.ts";
import { createRequests } from "./requests.ts";
import { brokenStream, readUpstream } from "./upstream.ts";

/** How a vendor spells questions and answers: pure functions, without network or state of their own. */
export interface Wire {
  readonly baseUrl: string;
  readonly framing: Framing;
  headers(key: string | undefined): Record<string, string>;
  /** Path under the base address. */
  chatPath(chat: ProviderChat): string;
  /** @throws {ApiError} `upstream_rejected` for what this vendor cannot take. */
  toBody(chat: ProviderChat): Record<string, unknown>;
  decoder(chat: ProviderChat): WireDecoder;
  /** Path under the base address; without one the models are those that are known. */
  readonly modelsPath: string | undefined;
  toModels(body: unknown): Model[];
  /** Where the vendor tells of balance or limits. */
  readonly quota?: QuotaSource;
  /** Where the vendor counts a question without answering it. */
  readonly count?: CountSource;
  /** What a status means here, where it is not what it means everywhere. */
  classify?(status: number, body: unknown): ErrorCode | undefined;
}

/** A vendor's word on an account. `path` is under the base address. */
export interface QuotaSource {
  readonly path: string;
  toQuota(body: unknown): Partial<Quota>;
}

/** A vendor's own count of what a question is, in tokens. */
export interface CountSource {
  /** Under the base address. */
  path(chat: ProviderChat): string;
  toBody(chat: ProviderChat): Record<string, unknown>;
  toTokens(answer: unknown): number | undefined;
}

/** Reads one answer, message by message; it keeps what later messages need. */
export interface WireDecoder {
  /** Appends the events of one message. @throws {StreamError} for an error told inside the stream. */
  decode(message: unknown, event: string, into: ProviderEvent[]): void;
  /** `complete`: nothing of the answer is missing, though more may be told of it. `closed`: nothing follows. */
  readonly state: "open" | "complete" | "closed";
}

/** An error that the upstream told inside a stream that had begun well: `body` is its own document. */
export class StreamError extends Error {
  constructor(
    readonly body: unknown,
    readonly reason: ErrorCode,
  ) {
    super("the upstream told an error inside its stream");
  }
}

/** What an adapter adds to its wire. */
export interface WireIdentity extends Omit<ProviderIdentity, "isPublic"> {
  readonly isPublic?: boolean;
  readonly usualModels?: readonly string[];
  readonly passes?: readonly string[];
  /** What a model accepts, with example or default values: fields that are not here are not sent. */
  parameters(model: string): Readonly<Record<string, unknown>>;
  readsPdfs?(model: string): boolean;
  /** Whether it may load a model before it answers. */
  readonly loadsModels?: boolean;
}

const unknownQuota: Quota = { unit: null, remaining: null, used: null, limit: null, resets_at: null };

/** A provider of an identity and a wire. */
export function createWireProvider(
  identity: WireIdentity,
  wire: Wire,
  options: ProviderOptions,
  requests = createRequests({ ...wire, name: identity.name, auth: identity.auth, options }),
): Provider {
  const { name, auth, passes = [], usualModels = [] } = identity;
  const { apiKeys = [] } = options;
  const { quota, count, modelsPath } = wire;

  return {
    ...identity,
    name,
    isPublic: identity.isPublic ?? false,
    passes,
    lastResort: false,
    configured: (!auth || apiKeys.length > 0) && addressGaps(wire.baseUrl).length === 0,
    keyCount: apiKeys.length,
    defaultModel: options.defaultModel ?? options.models?.[0],
    usualModels,
    startsSlowly,
    parameters: (model) => ({ model, ...identity.parameters(model ?? "") }),

    async listModels(call) {
      if (options.models) return options.models.map((id) => createModel(id));
      return wire.toModels(modelsPath === undefined ? undefined : await requests.json({ path: modelsPath }, call));
    },

    ...(modelsPath !== undefined && {
      check: async (call: Call) => void (await requests.json({ path: modelsPath }, call)),
    }),

    ...(quota && {
      quota: async (call: Call) => ({
        ...unknownQuota,
        ...quota.toQuota(await requests.json({ path: quota.path }, call)),
      }),
    }),

    ...(count && {
      async countTokens(chat: ProviderChat, call: Call) {
        const tokens = count.toTokens(await requests.json({ path: count.path(chat), body: count.toBody(chat) }, call));
        if (tokens === undefined) throw new ApiError("upstream_failed", `${name} sent no number of tokens`);
        return tokens;
      },
    }),

    async *chat(chat, call) {
      const decoder = wire.decoder(chat);
      const framing = createFraming(wire.framing, name);
      const isSlow = startsSlowly(chat.model);
      const request = requests.create({ path: wire.chatPath(chat), body: wire.toBody(chat), isSlow }, call);
      const isWhole = () => decoder.state !== "open";
      try {
        for await (const piece of readUpstream({ ...request, isWhole })) {
          const { events, failure, isClosed } = decodeAll(framing.push(piece), decoder, request.context);
          if (events.length > 0) yield events;
          if (failure) throw failure;
          if (isClosed) return;
        }
        const { events, failure, isClosed } = decodeAll(framing.end(), decoder, request.context);
        if (events.length > 0) yield events;
        if (failure) throw failure;
        if (!isClosed && !isWhole()) throw brokenStream(name);
      } catch (thrown) {
        // Nothing of a whole answer is lost with what was still to be told of it.
        if (!isWhole() || call.signal.aborted || !(thrown instanceof ApiError)) throw thrown;
      }
    },
  };

  function startsSlowly(model: string): boolean {
    return identity.loadsModels === true || createModel(model).reasoning;
  }

  // What came before a failure in the same piece was said, and is not lost with it.
  function decodeAll(messages: readonly SseMessage[], decoder: WireDecoder, context: FailureContext): Decoded {
    const events: ProviderEvent[] = [];
    try {
      for (const { data, event } of messages) {
        if (data.startsWith("[DONE]")) return { events, isClosed: true };
        decoder.decode(requests.parse(data), event, events);
      }
    } catch (thrown) {
      const failure = thrown instanceof StreamError ? fromStreamError(thrown.body, thrown.reason, context) : thrown;
      return { events, failure, isClosed: true };
    }
    return { events, isClosed: decoder.state === "closed" };
  }
}

interface Decoded {
  readonly events: ProviderEvent[];
  readonly failure?: unknown;
  readonly isClosed: boolean;
}
