/**
 * What must compile and what must not, for whoever uses the client: checked here, and once more outside the repository against
 * what is published. It is never run.
 */
import {
  type Answer,
  type Channel,
  type ChannelFrame,
  type ChatRequest,
  createClient,
  type DataOf,
  type ErrorClass,
  type ErrorCode,
  type EventOf,
  isParleyError,
  type ParleyError,
  type ParleyErrorCode,
  type RunEvent,
  type SentOp,
  unwrap,
} from "@parley/client";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_ extends true>(): void {}
const client = createClient("http://127.0.0.1:7337", { key: async () => "pk-…" });
const messages = [{ role: "user" as const, content: "Hello" }];

/** Every event is told apart by its type; `never` is what is left. */
export function nameOf(event: RunEvent): string | number {
  switch (event.type) {
    case "provider":
      return event.provider.name;
    case "parameters":
      return Object.keys(event.parameters).length;
    case "content":
      return event.content + (event.urls?.[0] ?? "") + (event.alt ?? "") + (event.data ?? "");
    case "reasoning":
      return event.token ?? event.status ?? event.label ?? event.is_thinking ?? "";
    case "preview":
      return event.preview;
    case "conversation":
      return Object.keys(event.conversation).length;
    case "tool_calls":
      return event.tool_calls[0]?.function.name ?? "";
    case "logprobs":
      return event.logprobs[0]?.logprob ?? 0;
    case "title":
      return event.title;
    case "suggestions":
      return event.suggestions.length;
    case "usage":
      return event.usage.total_tokens + (event.cost ?? 0);
    case "finish":
      return event.finish.reason;
    case "log":
      return event.log;
    case "message":
      return `${event.error}: ${event.message}`;
    case "error":
      return `${event.error}: ${event.message}`;
    case "auth":
      return `${event.auth}: ${event.message}`;
    default:
      return event satisfies never;
  }
}

export function events(event: RunEvent): void {
  switch (event.type) {
    case "provider":
    case "parameters":
    case "content":
    case "reasoning":
    case "preview":
    case "conversation":
    case "tool_calls":
    case "title":
    case "suggestions":
    case "usage":
    case "finish":
    case "log":
    case "message":
    case "error":
      break;
    default:
      // @ts-expect-error `auth` was forgotten
      event satisfies never;
  }
  if (event.type === "content") {
    holds<Same<typeof event, EventOf<"content">>>();
    // @ts-expect-error it is the name of another event's
    void event.title;
    // @ts-expect-error a letter is missing
    void event.conten;
  }
  // @ts-expect-error there is no such event
  if (event.type === "contents") return;
  // @ts-expect-error nor this one
  holds<EventOf<"contents">>();
  holds<Same<EventOf<"usage">["usage"]["total_tokens"], number>>();
  holds<
    Same<
      EventOf<"finish">["finish"]["reason"],
      "stop" | "length" | "tool_calls" | "content_filter" | "error" | "cancelled"
    >
  >();
}

/** Every frame of the channel downwards: those of its own, and events, which have three keys more. */
export function frameOf(frame: ChannelFrame): string | number | null {
  if ("seq" in frame) {
    holds<Same<typeof frame.type, RunEvent["type"]>>();
    return frame.type === "content" ? frame.run_id + frame.content : frame.seq;
  }
  switch (frame.type) {
    case "accepted":
    case "detached":
      return frame.run_id;
    case "refused":
      holds<Same<typeof frame.error.code, ErrorCode>>();
      return frame.error.message;
    case "room":
      return frame.members[0]?.name ?? frame.count;
    case "left":
      return frame.id;
    case "pong":
      // @ts-expect-error it has none
      void frame.run_id;
      return frame.id;
    default:
      return frame satisfies never;
  }
}

/** And upwards. */
export function opOf(op: SentOp): string | undefined {
  switch (op.op) {
    case "run":
      return op.request.model ?? op.idempotency_key;
    case "attach":
      return op.run_id;
    case "detach":
    case "cancel":
    case "leave":
    case "ping":
      return op.id;
    case "join":
      return op.chat_id;
    default:
      return op satisfies never;
  }
}

export const sent: SentOp[] = [
  { op: "run", id: "1", request: { messages, model: "m" } },
  // @ts-expect-error a request has no such name
  { op: "run", id: "1", request: { messages, modle: "m" } },
  { op: "attach", id: "1", run_id: "run_1", after: 3 },
  // @ts-expect-error nor has a frame
  { op: "attach", id: "1", runId: "run_1" },
  // @ts-expect-error it is the name of another frame's
  { op: "cancel", id: "1", chat_id: "c" },
  // @ts-expect-error there is no such frame
  { op: "stop", id: "1" },
];

export const requests: ChatRequest[] = [
  { messages, provider: ["OpenAI", "Anthropic"], web_search: "auto", chat_id: "c", temperature: null },
  { messages: [{ role: "user", content: [{ bucket_id: "b" }, { type: "text", text: "What does it say?" }] }] },
  // @ts-expect-error a letter is missing
  { messages, modl: "m" },
  // @ts-expect-error it takes some
  { model: "m" },
  // @ts-expect-error nobody has that role
  { messages: [{ role: "robot", content: "Hello" }] },
  // @ts-expect-error a part that has no text
  { messages: [{ role: "user", content: [{ type: "text", content: "Hello" }] }] },
  // @ts-expect-error how much is no text
  { messages, max_tokens: "100" },
];

/** A failure is told apart by its code. */
export function failureOf(thrown: unknown): number | string | undefined {
  if (!isParleyError(thrown)) throw thrown;
  holds<Same<typeof thrown, ParleyError>>();
  holds<Same<ParleyErrorCode, ParleyError["code"]>>();
  holds<ErrorCode extends ParleyErrorCode ? true : false>();
  // @ts-expect-error only failures that pass have it without a question
  void thrown.retryAfterMs;
  switch (thrown.code) {
    case "rate_limited":
    case "budget_spent":
      holds<Same<typeof thrown.retryAfterMs, number>>();
      return thrown.retryAfterMs;
    case "run_failed":
      holds<Same<typeof thrown.class, ErrorClass>>();
      return thrown.class;
    case "connection_failed":
      return thrown.message;
    // @ts-expect-error there is no such code
    case "rate_limit":
      return undefined;
    default:
      return thrown.status;
  }
}

export async function routes(): Promise<void> {
  const { data, error } = await client.api.quota({ provider: "OpenAI" }).get();
  if (error) {
    // Without a status it is any of the closed table; with one, those that have it.
    holds<Same<typeof error.value.error.code, ErrorCode>>();
    if (error.status === 404)
      holds<Same<typeof error.value.error.code, "not_found" | "provider_not_found" | "model_not_found">>();
    // @ts-expect-error there is no such code
    if (error.value.error.code === "rate_limit") return;
    // @ts-expect-error nothing stands there
    void error.value.eror;
  } else void data;

  const models = await unwrap(client.api.models.get({ query: { provider: "OpenAI" } }));
  holds<Same<(typeof models)[number]["name"], string>>();
  // @ts-expect-error a model has none
  void models[0]?.title;
  // @ts-expect-error a letter is missing
  await client.api.models.get({ query: { provder: "OpenAI" } });
  // @ts-expect-error there is no such route
  await client.api.modls.get();
  // @ts-expect-error nor can it be asked so
  await client.api.models.post({});
  // @ts-expect-error nor is that a part of the path
  client.api.files({ bucket: "b" });
  const version = await client.api.version.get();
  holds<Same<DataOf<typeof version>, { version: string; latest_version: string }>>();
  holds<Same<Awaited<ReturnType<typeof unwrap<typeof version>>>, { version: string; latest_version: string }>>();

  const streamed = await client.api.conversation.post({ messages });
  for await (const { data: event } of streamed.data ?? []) holds<Same<typeof event, RunEvent>>();
  // @ts-expect-error a letter is missing
  await client.api.conversation.post({ mesages: messages });
  // @ts-expect-error a name too many
  await client.api.conversation.post({ messages, modle: "m" });
  // @ts-expect-error a memory has no such name
  await client.api.memory({ user_id: "u" }).post({ memori: "likes tea" });
}

export async function answers(channel: Channel): Promise<void> {
  const { signal } = new AbortController();
  for (const answer of [client.chat({ messages }, { signal }), channel.chat({ messages }), channel.attach("run_1")]) {
    holds<Same<typeof answer, Answer>>();
    for await (const event of answer) holds<Same<typeof event, RunEvent>>();
    holds<Same<Awaited<ReturnType<Answer["text"]>>, string>>();
    const usage = await answer.usage();
    holds<Same<typeof usage, EventOf<"usage"> | undefined>>();
  }
  // @ts-expect-error a letter is missing
  client.chat({ mesages: messages });
  // @ts-expect-error a name too many
  client.chat({ messages, modle: "m" });
  // @ts-expect-error nor has it such an option
  client.chat({ messages }, { singal: signal });
  // @ts-expect-error nor has a client
  createClient("http://127.0.0.1:7337", { apiKey: "pk-…" });
  // @ts-expect-error a room is of a chat
  channel.join();
  const { files, skipped } = await client.upload("b", new File(["text"], "a.txt"), {
    onProgress: ({ loaded, total }) => void (loaded / total),
  });
  holds<Same<typeof files, string[]>>();
  // @ts-expect-error it has a reason
  void skipped[0]?.why;
}
