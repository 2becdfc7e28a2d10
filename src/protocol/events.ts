import { Type, type Static } from "@sinclair/typebox";
import { Budget } from "./budget.ts";
import { Maybe } from "./maybe.ts";

/**
 * The events of a run, each declared once: validation, TypeScript type, OpenAPI and client all follow from here.
 * The payload stands under the key named like the type; `reasoning` alone has its parts beside it.
 */

const Text = Type.String();

/** Who answers. First event of a run; again for every attempt and when the upstream names the real model. */
export const ProviderEvent = Type.Object({
  type: Type.Literal("provider"),
  provider: Type.Object({ name: Text, url: Maybe(Text), label: Maybe(Text), model: Maybe(Text) }),
});

/** What the provider accepts, with example or default values. Second event of a run. */
export const ParametersEvent = Type.Object({
  type: Type.Literal("parameters"),
  parameters: Type.Record(Text, Type.Unknown()),
});

/** A piece of the answer: text, Markdown or media markup. `urls` and `alt` come with media, `data` with sound. */
export const ContentEvent = Type.Object({
  type: Type.Literal("content"),
  content: Text,
  urls: Type.Optional(Type.Array(Text)),
  alt: Type.Optional(Text),
  data: Type.Optional(Text),
});

/** A piece of thinking (`token`), or what is going on (`status`); `status: ""` ends a spinner. */
export const ReasoningEvent = Type.Object({
  type: Type.Literal("reasoning"),
  token: Type.Optional(Maybe(Text)),
  status: Type.Optional(Text),
  label: Type.Optional(Text),
  is_thinking: Type.Optional(Text),
});

/** An interim picture or a hint that is not part of the answer. */
export const PreviewEvent = Type.Object({
  type: Type.Literal("preview"),
  preview: Text,
  urls: Type.Optional(Type.Union([Text, Type.Array(Text)])),
  alt: Type.Optional(Text),
});

/** State by provider name, to be sent back with the next request. */
export const ConversationEvent = Type.Object({
  type: Type.Literal("conversation"),
  conversation: Type.Record(Text, Type.Unknown()),
});

/** An OpenAI tool call, or a piece of one: pieces with the same `index` belong together. */
export const ToolCall = Type.Object({
  index: Type.Optional(Type.Integer({ minimum: 0 })),
  id: Type.Optional(Text),
  type: Type.Optional(Type.Literal("function")),
  function: Type.Object({ name: Type.Optional(Text), arguments: Type.Optional(Text) }),
});
export type ToolCall = Static<typeof ToolCall>;

/** Tools that the model wants called. */
export const ToolCallsEvent = Type.Object({
  type: Type.Literal("tool_calls"),
  tool_calls: Type.Array(ToolCall),
});

const alternative = { token: Text, logprob: Type.Number(), bytes: Maybe(Type.Array(Type.Integer())) };

/** How likely a token was: the natural logarithm of it; and those that might have come instead. `bytes` are UTF-8's. */
export const TokenLogprob = Type.Object({ ...alternative, top_logprobs: Type.Array(Type.Object(alternative)) });
export type TokenLogprob = Static<typeof TokenLogprob>;

/**
 * How likely the tokens of the content were, in their order, where that was asked for and the upstream tells it. It comes with
 * the content that it tells of: after it, unless that is held back because it may become something else.
 */
export const LogprobsEvent = Type.Object({ type: Type.Literal("logprobs"), logprobs: Type.Array(TokenLogprob) });

/** A title for a new chat. */
export const TitleEvent = Type.Object({ type: Type.Literal("title"), title: Text });

/** Follow-up questions. */
export const SuggestionsEvent = Type.Object({ type: Type.Literal("suggestions"), suggestions: Type.Array(Text) });

/** Tokens used. `estimated` where the upstream told nothing and we counted. */
export const Usage = Type.Object({
  prompt_tokens: Type.Integer({ minimum: 0 }),
  completion_tokens: Type.Integer({ minimum: 0 }),
  total_tokens: Type.Integer({ minimum: 0 }),
  prompt_tokens_details: Type.Optional(
    Type.Object({
      cached_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
      cache_creation_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  ),
  completion_tokens_details: Type.Optional(
    Type.Object({ reasoning_tokens: Type.Optional(Type.Integer({ minimum: 0 })) }),
  ),
  estimated: Type.Optional(Type.Literal(true)),
});
export type Usage = Static<typeof Usage>;

/** Once, after the answer, unless nothing was used. `cost` is in US dollars; `budget` comes where the key has one. */
export const UsageEvent = Type.Object({
  type: Type.Literal("usage"),
  usage: Usage,
  model: Type.Optional(Maybe(Text)),
  provider: Type.Optional(Text),
  cost: Type.Optional(Type.Number()),
  budget: Type.Optional(Budget),
});

/** Why a run ended. */
export const FinishReason = Type.Union([
  Type.Literal("stop"),
  Type.Literal("length"),
  Type.Literal("tool_calls"),
  Type.Literal("content_filter"),
  Type.Literal("error"),
  Type.Literal("cancelled"),
]);
export type FinishReason = Static<typeof FinishReason>;

/** Exactly once in every run; only `log` may follow. */
export const FinishEvent = Type.Object({
  type: Type.Literal("finish"),
  finish: Type.Object({ reason: FinishReason }),
});

/** A note on how this run went: attempts, what was skipped and why, fields that were dropped. */
export const LogEvent = Type.Object({ type: Type.Literal("log"), log: Text });

/** A failure that did not end the run: `message` is the text, `error` the class. */
export const MessageEvent = Type.Object({ type: Type.Literal("message"), message: Text, error: Text });

/** The run failed: `error` is the class, `message` the text, which begins with the class and a colon. */
export const ErrorEvent = Type.Object({ type: Type.Literal("error"), error: Text, message: Text });

/** A key is missing or was refused; `message` names the setting that would cure it. */
export const AuthEvent = Type.Object({ type: Type.Literal("auth"), auth: Text, message: Text });

/** What happens in a run, told apart by `type`. */
export const RunEvent = Type.Union([
  ProviderEvent,
  ParametersEvent,
  ContentEvent,
  ReasoningEvent,
  PreviewEvent,
  ConversationEvent,
  ToolCallsEvent,
  LogprobsEvent,
  TitleEvent,
  SuggestionsEvent,
  UsageEvent,
  FinishEvent,
  LogEvent,
  MessageEvent,
  ErrorEvent,
  AuthEvent,
]);
export type RunEvent = Static<typeof RunEvent>;

/** The event of one type: `EventOf<"content">`. */
export type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** An event of a run, its number, counted from 1, and how it is written. */
export interface NumberedEvent {
  readonly seq: number;
  readonly event: RunEvent;
  readonly json: string;
}
