import type { ChatRequest, MediaSettings, Message } from "../protocol/chat.ts";
import type { EventOf, FinishReason, Usage } from "../protocol/events.ts";
import type { Model, Quota } from "../protocol/models.ts";
import type {
  Embeddings,
  EmbeddingRequest,
  MediaRequest,
  Medium,
  Speech,
  SpeechRequest,
  Transcript,
  TranscriptionRequest,
} from "./media.ts";
import type { MediaKind } from "../protocol/resources.ts";

/**
 * An upstream that can answer.
 *
 * To add one: write `adapters/<id>.ts`, list it in `registry.ts`, record its answers under
 * `test/fixtures/providers/<id>/`. Nothing else in the project knows providers by name.
 *
 * A capability is present when its method is; callers look for the method, never at the name.
 */
export interface Provider extends ProviderIdentity {
  /** Whether it could answer without the caller's own key. */
  readonly configured: boolean;
  /** How many keys the server has for it; they are numbered from 0. */
  readonly keyCount: number;
  /** Names of request fields, beyond those of the contract, that go to the upstream as they are. */
  readonly passes: readonly string[];
  /** Whether the router takes it when nothing else can answer, and only then. */
  readonly lastResort: boolean;
  /** The model for those who ask for none, as the operator set it. */
  readonly defaultModel: string | undefined;
  /** The adapter's own proposals, best first: the first that the upstream lists is taken where the operator set none. */
  readonly usualModels: readonly string[];
  /** The same of models that speak, and of those that write down recordings, for those who ask for just that. */
  readonly usualSpeakers?: readonly string[];
  readonly usualListeners?: readonly string[];
  /** The models that the upstream offers now. @throws {ApiError} as `chat` does. */
  listModels(call: Call): Promise<Model[]>;
  /** Whether its first token may take long: it thinks first, or is loaded first. */
  startsSlowly(model: string): boolean;
  /** Whether a model reads PDFs; for others, and of all other documents, the text is sent. */
  readsPdfs?(model: string): boolean;
  /** What it accepts, with example or default values, for a form. */
  parameters(model: string | null): Record<string, unknown>;
  /** Asks something that costs nothing and needs the key. @throws {ApiError} where it does not work */
  check?(call: Call): Promise<void>;
  /** What the vendor tells of balance and limits. @throws {ApiError} as `chat` does. */
  quota?(call: Call): Promise<Quota>;
  /**
   * Answers in batches: the events of one network piece together, so that a token costs no promise of its own.
   *
   * @throws {ApiError} with a code of the upstream's failure; aborting `call.signal` rejects with its reason.
   */
  chat?(chat: ProviderChat, call: Call): AsyncIterable<readonly ProviderEvent[]>;
  /** How many tokens a question is, by the vendor's own count, which costs nothing. @throws as `chat` */
  countTokens?(chat: ProviderChat, call: Call): Promise<number>;
  /** What a model makes, where it makes something rather than chats: it is asked by `generate`, or by `speak`. */
  makes?(model: string): MediaKind | undefined;
  /** Makes pictures or films: `status` and `preview` while it goes on, then `media`. @throws as `chat` */
  generate?(request: MediaRequest, call: Call): AsyncIterable<readonly ProviderEvent[]>;
  /** @throws as `chat` */
  speak?(request: SpeechRequest, call: Call): Promise<Speech>;
  /** @throws as `chat` */
  transcribe?(request: TranscriptionRequest, call: Call): Promise<Transcript>;
  /** @throws as `chat` */
  embed?(request: EmbeddingRequest, call: Call): Promise<Embeddings>;
}

/** Who an upstream is. */
export interface ProviderIdentity {
  /** Its name on the wire, unique in an installation. */
  readonly name: string;
  readonly label: string;
  readonly url: string | null;
  /** Where a person gets a key. */
  readonly loginUrl: string | null;
  /** Whether it needs a key. */
  readonly auth: boolean;
  /** Answers strangers without a key: the router leaves it alone until the operator turns `public_providers` on. */
  readonly isPublic: boolean;
}

/** One question to a provider. */
export interface ProviderChat {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  /** For models that draw while they chat: only what the provider's `parameters` name. */
  readonly media: MediaSettings;
  /** What an earlier `conversation` event of this provider held. */
  readonly state: unknown;
  /** Fields that the provider `passes`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export type Sampling = Pick<
  ChatRequest,
  | "tools"
  | "tool_choice"
  | "parallel_tool_calls"
  | "response_format"
  | "temperature"
  | "top_p"
  | "max_tokens"
  | "stop"
  | "seed"
  | "frequency_penalty"
  | "presence_penalty"
  | "reasoning_effort"
>;

/** What goes along with every call to a provider. */
export interface Call {
  readonly signal: AbortSignal;
  /** The caller's own key, instead of the server's. */
  readonly apiKey?: string;
  /** Which of the server's keys; the first if it is not said. */
  readonly keyIndex?: number;
  /** Longest silence of the upstream, in milliseconds, where it is less than the server's own. */
  readonly silenceMs?: number;
  /** Sees the headers of a good answer, where a `check` asks for one. */
  readonly onHead?: (headers: Headers) => void;
}

/** What an adapter may say; the engine makes the events of a run of it. */
export type ProviderEvent =
  | EventOf<"content">
  | EventOf<"tool_calls">
  /** Only where it was asked for, and after the content that it tells of. */
  | EventOf<"logprobs">
  | { readonly type: "reasoning"; readonly token: string }
  /** The model that really answers. */
  | { readonly type: "model"; readonly model: string }
  /** What this provider wants back next time. */
  | { readonly type: "state"; readonly state: unknown }
  /** May come several times: later numbers replace earlier ones. `cost` in US dollars, where the vendor tells it. */
  | { readonly type: "usage"; readonly usage: Partial<Usage>; readonly cost?: number }
  | { readonly type: "finish"; readonly reason: FinishReason }
  /** A medium that belongs to the answer. */
  | { readonly type: "media"; readonly medium: Medium }
  /** A medium on its way: a picture that is not finished. */
  | { readonly type: "preview"; readonly medium: Medium }
  /** What is going on, for people: `queued`, `40 %`. */
  | { readonly type: "status"; readonly status: string }
  /** A note for the run's log. */
  | EventOf<"log">;

/** How long an upstream may take, in milliseconds. */
export interface UpstreamLimits {
  readonly connectMs: number;
  /** Whether a proxy makes the connections beyond this machine, so that we cannot try them ourselves. */
  readonly isProxied: boolean;
  readonly firstByteMs: number;
  /** As `firstByteMs`, for runtimes that may have to load a model first, and for models that think first. */
  readonly loadMs: number;
  readonly silenceMs: number;
  /** Whether the limit of silence is the caller's own: that it was broken says nothing of the upstream. */
  readonly isCallersSilence?: boolean;
  readonly watch?: UpstreamWatch;
}

/**
 * Hears of each request to a provider that it begins, and from what it gives, once, that it is over: with the status, where
 * an answer came, and whether whoever wanted it let go of it.
 */
export type UpstreamWatch = (provider: string) => (status: number | undefined, isCancelled: boolean) => void;

export interface SentCookie {
  readonly name: string;
  readonly value: string;
}

/** How an installation has set up one instance of an adapter. */
export interface ProviderOptions {
  readonly name: string;
  readonly baseUrl?: string;
  readonly apiKeys?: readonly string[];
  /** Where its key is set, for people: `OPENAI_API_KEY`. */
  readonly keySetting?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Offer these models alone, and do not ask the upstream. */
  readonly models?: readonly string[];
  readonly defaultModel?: string;
  /** Which of OpenAI's two interfaces to speak, where an adapter knows both and the operator chose. */
  readonly api?: "chat" | "responses";
  readonly limits: UpstreamLimits;
  /** What the operator's cookies for an address are; never there where a caller named the address. */
  readonly cookies?: ((url: URL) => Promise<readonly SentCookie[]>) | undefined;
  /** Where a caller named its address: the IP addresses that were judged, which all requests go to. */
  readonly ips?: readonly string[];
  /** The folders in which programs are looked for, as `PATH` has them. */
  readonly programPath?: string;
}

/** What an adapter file exports: how to recognise an upstream in the environment, and how to open it. */
export interface Adapter {
  /** Its name on the wire, unless the operator names an instance otherwise. Spelled here and nowhere else. */
  readonly name: string;
  /** Other names that people and older clients use. */
  readonly aliases: readonly string[];
  /** Environment variables with a key, the first that is set wins. */
  readonly keyNames: readonly string[];
  /** Environment variables with an address. */
  readonly addressNames: readonly string[];
  /** Whether it knows both of OpenAI's interfaces, so that `api` has a meaning. */
  readonly hasApis?: boolean;
  /** Its address where it holds what every account has of its own: `https://api.example/{EXAMPLE_ACCOUNT}/v1`. */
  readonly addressPattern?: string;
  /** Where a local runtime listens by default; adapters that have one are looked for on this machine. */
  readonly localAddress?: string;
  /** A path that only this runtime answers with JSON, where its port alone does not tell. */
  readonly probePath?: string;
  /** Whether it is a program of this machine rather than a server: its provider's `check` tells whether it is there. */
  readonly isProgram?: boolean;
  open(options: ProviderOptions): Provider;
}
