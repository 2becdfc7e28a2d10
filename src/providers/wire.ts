import { createLineDecoder } from "../lib/lines.ts";
import { createRedactor } from "../lib/log.ts";
import { createSseDecoder, type SseDecoder, type SseMessage } from "../lib/sse.ts";
import { isObject, parseJson, tryParseJson } from "../lib/json.ts";
import { ApiError, type ErrorCode } from "../protocol/errors.ts";
import type { Model } from "../protocol/models.ts";
import { type FailureContext, fromStreamError, missingKey } from "./failure.ts";
import type { Call, Provider, ProviderChat, ProviderEvent, ProviderIdentity, ProviderOptions } from "./provider.ts";
import { createModel } from "./model-traits.ts";
import { brokenStream, readUpstream, readUpstreamText, type UpstreamRequest } from "./upstream.ts";

/** How a vendor spells questions and answers: pure functions, without network or state of their own. */
export interface Wire {
  readonly baseUrl: string;
  /** How the answer's messages are told apart: server-sent events, or a JSON document a line. */
  readonly framing: "sse" | "ndjson";
  headers(key: string | undefined): Record<string, string>;
  /** Path under the base address. */
  chatPath(chat: ProviderChat): string;
  /** @throws {ApiError} `upstream_rejected` for what this vendor cannot take. */
  toBody(chat: ProviderChat): Record<string, unknown>;
  decoder(chat: ProviderChat): WireDecoder;
  readonly modelsPath: string;
  toModels(body: unknown): Model[];
  /** What a status means here, where it is not what it means everywhere. */
  classify?(status: number, body: unknown): ErrorCode | undefined;
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
export interface WireIdentity extends ProviderIdentity {
  readonly usualModels?: readonly string[];
  readonly passes?: readonly string[];
  /** What a model accepts, with example or default values: fields that are not here are not sent. */
  parameters(model: string): Readonly<Record<string, unknown>>;
  /** Whether it may load a model before it answers. */
  readonly loadsModels?: boolean;
}

const maxModelsBytes = 16 * 1024 * 1024;

/** Of an answer that is not framed as it should be, in characters. */
const maxUnframedLength = 1024 * 1024;

/** A provider of an identity and a wire. */
export function createWireProvider(identity: WireIdentity, wire: Wire, options: ProviderOptions): Provider {
  const { name, auth, passes = [], usualModels = [] } = identity;
  const secrets = [options.apiKey, ...Object.values(options.headers ?? {})].filter((secret) => secret !== undefined);

  return {
    ...identity,
    name,
    passes,
    lastResort: false,
    configured: !auth || options.apiKey !== undefined,
    defaultModel: options.defaultModel ?? options.models?.[0],
    usualModels,
    parameters: (model) => ({ model, ...identity.parameters(model ?? "") }),

    async listModels(call) {
      if (options.models) return options.models.map((id) => createModel(id));
      const request = toRequest(wire.modelsPath, "GET", undefined, call);
      return wire.toModels(parseAnswer(await readUpstreamText(request, maxModelsBytes)));
    },

    async *chat(chat, call) {
      const decoder = wire.decoder(chat);
      const framing = wire.framing === "sse" ? createSseDecoder() : createLineMessages();
      const request = toRequest(wire.chatPath(chat), "POST", JSON.stringify(wire.toBody(chat)), call, chat.model);
      const isWhole = () => decoder.state !== "open";
      const unframed = createUnframed();
      try {
        for await (const piece of readUpstream({ ...request, isWhole })) {
          const messages = frame(() => framing.push(piece));
          unframed.push(piece, messages.length > 0);
          const { events, failure, isClosed } = decodeAll(messages, decoder, request.context);
          if (events.length > 0) yield events;
          if (failure) throw failure;
          if (isClosed) return;
        }
        const last = frame(() => framing.end());
        const messages = last.length > 0 ? last : unframed.messages();
        const { events, failure, isClosed } = decodeAll(messages, decoder, request.context);
        if (events.length > 0) yield events;
        if (failure) throw failure;
        if (!isClosed && !isWhole()) throw brokenStream(name);
      } catch (thrown) {
        // Nothing of a whole answer is lost with what was still to be told of it.
        if (!isWhole() || call.signal.aborted || !(thrown instanceof ApiError)) throw thrown;
      }
    },
  };

  function frame(read: () => SseMessage[]): SseMessage[] {
    try {
      return read();
    } catch (cause) {
      throw new ApiError("upstream_failed", `${name} sent a message without end`, { cause });
    }
  }

  function toRequest(
    path: string,
    method: "GET" | "POST",
    body: string | undefined,
    call: Call,
    model = "",
  ): UpstreamRequest {
    const key = call.apiKey ?? options.apiKey;
    const context: FailureContext = {
      provider: name,
      keySetting: options.keySetting,
      redact: createRedactor(call.apiKey === undefined ? secrets : [call.apiKey, ...secrets]),
      classify: wire.classify,
    };
    if (auth && key === undefined) throw missingKey(context);
    const { limits } = options;
    const isSlow = identity.loadsModels || createModel(model).reasoning;
    const firstByteMs = isSlow ? limits.loadMs : limits.firstByteMs;
    return {
      url: `${wire.baseUrl.replace(/\/+$/, "")}${path}`,
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...wire.headers(key),
        ...options.headers,
      },
      body,
      signal: call.signal,
      limits: { ...limits, firstByteMs, silenceMs: Math.min(limits.silenceMs, call.silenceMs ?? Infinity) },
      context,
    };
  }

  function parseAnswer(text: string): unknown {
    try {
      return parseJson(text);
    } catch (cause) {
      throw new ApiError("upstream_failed", `${name} sent something that is not JSON`, { cause });
    }
  }

  // What came before a failure in the same piece was said, and is not lost with it.
  function decodeAll(messages: readonly SseMessage[], decoder: WireDecoder, context: FailureContext): Decoded {
    const events: ProviderEvent[] = [];
    try {
      for (const { data, event } of messages) {
        if (data.startsWith("[DONE]")) return { events, isClosed: true };
        decoder.decode(parseAnswer(data), event, events);
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

/** Newline-delimited JSON, as a stream of messages without a name. */
function createLineMessages(): SseDecoder {
  const lines = createLineDecoder();
  const toMessages = (texts: string[]) =>
    texts.filter((text) => text.trim() !== "").map((data) => ({ event: "", data }));
  return {
    push: (bytes) => toMessages(lines.push(bytes)),
    end: () => toMessages([lines.end()]),
  };
}

/**
 * Keeps the beginning of an answer that is no stream of events: some servers answer with one JSON document where a
 * stream was asked for, an error or the whole answer.
 */
function createUnframed() {
  const decoder = new TextDecoder();
  let text = "";
  let isFramed = false;
  return {
    push(piece: Uint8Array, hasMessages: boolean): void {
      if (isFramed) return;
      isFramed = hasMessages || text.length > maxUnframedLength;
      text = isFramed ? "" : text + decoder.decode(piece, { stream: true });
    },
    /** The document as the only message, if it is one. */
    messages: (): SseMessage[] => (isObject(tryParseJson(text)) ? [{ event: "", data: text }] : []),
  };
}
