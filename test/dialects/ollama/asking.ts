import { type ChatRequest, type ChatResponse, type GenerateRequest, type Logprob, Ollama, type ToolCall } from "ollama";
import { openApp, providerYaml, type TestApp, type TestAppOptions } from "../../support/app.ts";
import { readFixture } from "../../support/fixtures.ts";
import {
  chunked,
  lastChunk,
  openUpstream,
  type Script,
  type ScriptedUpstream,
  type Step,
  toChunk,
} from "../../support/scripted-upstream.ts";

/** A server with one provider, and their client, which knows nothing of it but the address. */
export interface AskedServer extends AsyncDisposable {
  readonly app: TestApp;
  readonly client: Ollama;
  readonly upstream: ScriptedUpstream;
  /** From now on the provider does this, as if nothing had been asked before. */
  play(script: Script): void;
  /** What the provider was asked last. */
  sent(): Record<string, unknown>;
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

export async function openAskedServer(
  { type = "openai", models = ["m"] }: { type?: string; models?: string[] } = {},
  options?: Omit<TestAppOptions, "yaml">,
): Promise<AskedServer> {
  let current: Script = () => ["close"];
  let count = 0;
  const upstream = openUpstream((request) => current(request, ++count));
  const origin = type === "openai" ? `${upstream.origin}/v1` : upstream.origin;
  const app = await openApp({ yaml: providerYaml({ name: "A", type, origin, models }), ...options });
  return {
    app,
    upstream,
    client: new Ollama({ host: app.origin }),
    play(script) {
      current = script;
      count = 0;
    },
    sent: () => JSON.parse(upstream.requests.at(-1)?.body ?? "{}"),
    post: (path, body, init) => app.get(path, { method: "POST", body: JSON.stringify(body), ...init }),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

/** A vendor's recorded answer. */
export function recorded(provider: string, name: string): Step[] {
  const { head, body } = readFixture(provider, name);
  return [`${head}\r\nconnection: close\r\n\r\n`, body, "close"];
}

/** OpenAI's chunks, one for each delta, and then what ends them. */
export function deltas(all: readonly object[], ...end: readonly Step[]): Step[] {
  return [...chunked(all.map((delta) => toMessage(delta, null))), ...end];
}

/** The end of OpenAI's chunks. */
export function ending(reason: string): Step[] {
  return [toChunk(`${toMessage({}, reason)}data: [DONE]\n\n`), lastChunk];
}

function toMessage(delta: object, finish_reason: string | null): string {
  return `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

/** All that an answer says, whichever way it came. */
export interface Answer {
  readonly content: string;
  readonly thinking: string;
  readonly calls: readonly ToolCall[];
  readonly logprobs: readonly Logprob[];
  /** The line with `done`. */
  readonly last: Omit<ChatResponse, "message">;
}

export const ways = ["stream", "whole"] as const;
export type Way = (typeof ways)[number];

export async function chat(client: Ollama, way: Way, request: ChatRequest): Promise<Answer> {
  const lines =
    way === "stream"
      ? await Array.fromAsync(await client.chat({ ...request, stream: true }))
      : [await client.chat({ ...request, stream: false })];
  return join(lines, ({ message }) => message);
}

export async function generate(client: Ollama, way: Way, request: GenerateRequest): Promise<Answer> {
  const lines =
    way === "stream"
      ? await Array.fromAsync(await client.generate({ ...request, stream: true }))
      : [await client.generate({ ...request, stream: false })];
  return join(lines, ({ response = "", thinking }) => ({ content: response, ...(thinking && { thinking }) }));
}

interface Message {
  readonly content: string;
  readonly thinking?: string;
  readonly tool_calls?: ToolCall[];
}

function join<T extends { logprobs?: Logprob[] }>(lines: readonly T[], said: (line: T) => Message): Answer {
  const messages = lines.map(said);
  return {
    content: messages.map(({ content }) => content).join(""),
    thinking: messages.map(({ thinking = "" }) => thinking).join(""),
    calls: messages.flatMap(({ tool_calls = [] }) => tool_calls),
    logprobs: lines.flatMap(({ logprobs = [] }) => logprobs),
    last: lines.at(-1) as unknown as Answer["last"],
  };
}
