import { encodeSse } from "../lib/sse.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { EventOf, RunEvent } from "../protocol/events.ts";

/** One of each kind, in the order in which an answer has them. */
export const eventExamples: { readonly [Type in RunEvent["type"]]: EventOf<Type> } = {
  provider: {
    type: "provider",
    provider: { name: "OpenAI", url: "https://openai.com", label: "OpenAI", model: "gpt-4o" },
  },
  parameters: { type: "parameters", parameters: { model: "gpt-4o", temperature: 1, max_tokens: 4096 } },
  conversation: { type: "conversation", conversation: { OpenAI: { previous_response_id: "resp_1" } } },
  reasoning: { type: "reasoning", token: "The user greets me." },
  preview: { type: "preview", preview: "[![a red cat](/media/p1.png)](/media/p1.png)", urls: "/media/p1.png" },
  content: { type: "content", content: "Hello " },
  tool_calls: {
    type: "tool_calls",
    tool_calls: [
      { index: 0, id: "call_0", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
    ],
  },
  logprobs: {
    type: "logprobs",
    logprobs: [{ token: "Hello", logprob: -0.0031, bytes: [72, 101, 108, 108, 111], top_logprobs: [] }],
  },
  title: { type: "title", title: "A greeting" },
  suggestions: { type: "suggestions", suggestions: ["What can you do?"] },
  usage: {
    type: "usage",
    usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
    model: "gpt-4o",
    provider: "OpenAI",
    cost: 0.0000425,
  },
  message: { type: "message", message: "Groq: rate limited, trying OpenAI", error: "RateLimitError" },
  error: { type: "error", error: "ResponseError", message: "ResponseError: OpenAI answered 500 after 3 events" },
  auth: {
    type: "auth",
    auth: "MissingAuthError",
    message: "MissingAuthError: no key for OpenAI; set OPENAI_API_KEY or send api_key",
  },
  finish: { type: "finish", finish: { reason: "stop" } },
  log: { type: "log", log: "AnyProvider: OpenAI/gpt-4o, then OpenRouter/openai/gpt-4o" },
};

const shown = [
  eventExamples.provider,
  eventExamples.parameters,
  eventExamples.content,
  { type: "content", content: "there." },
  eventExamples.usage,
  eventExamples.finish,
];

/** A short answer, as each of the two streams has it. */
export const streamExamples: Readonly<Record<string, string>> = {
  "text/event-stream": shown
    .map((event, index) => encodeSse(`run_3q2-7wEjRWeJq83vASNFZw.${index + 1}`, event.type, JSON.stringify(event)))
    .join(""),
  "application/x-ndjson": shown.map((event) => `${JSON.stringify(event)}\n`).join(""),
};

/** What is sent most often, by the names of schemas. */
export const bodyExamples: Readonly<Record<string, object>> = {
  ChatRequest: { messages: [{ role: "user", content: "What is 17 * 3?" }] } satisfies ChatRequest,
  NewChatMessages: { messages: [{ role: "user", content: "Hello" }] },
};

/** What a stream is, in words. */
export const streamWords =
  "The events of the answer, one `RunEvent` each, told apart by `type`. " +
  "`text/event-stream`: `event` is that type, `data` the event as JSON, and `id` is `<run id>.<number>`, counted from 1; " +
  "lines that begin with a colon say only that the stream is alive. `application/x-ndjson`: one event a line. " +
  "Their order: `provider` (again for every attempt), `parameters`, then in any number and order `content`, `reasoning`, " +
  "`preview`, `tool_calls`, `logprobs`, `conversation`, `message`; then `title`, `suggestions`, `usage` where there are any; " +
  "exactly one `finish`, before it an `error` or `auth` where the run failed; after it nothing but `log`. " +
  "Types that you do not know are to be passed over.";
