import { openApp, providerYaml, type TestAppOptions } from "./app.ts";
import { chunked, lastChunk, openUpstream, type Script, type Step } from "./scripted-upstream.ts";

/** A server with one provider, `P` with the model `m`, whose vendor does what each test says. */
export async function openStage(
  options: Omit<TestAppOptions, "yaml"> & { readonly type?: string; readonly models?: string[] } = {},
) {
  const { type = "openai", models = ["m"], ...rest } = options;
  let script: Script = () => [];
  let first = 0;
  const upstream = openUpstream((request, count) => script(request, count - first));
  const app = await openApp({ yaml: providerYaml({ name: "P", type, origin: upstream.origin, models }), ...rest });
  return {
    app,
    /** What the vendor does from now on, and is asked: the requests are counted anew. */
    play(next: Script | readonly Step[]) {
      script = typeof next === "function" ? next : () => next;
      first = upstream.requests.length;
    },
    requests: () => upstream.requests.slice(first),
    /** The body of the last request. */
    sent: () => JSON.parse(upstream.requests.at(-1)?.body ?? "null"),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

interface Chunk {
  readonly delta?: object;
  readonly logprobs?: object;
  readonly finish?: string;
}

/** OpenAI's chunks, with usage at their end: 7 tokens and 5. */
export function openaiChunks(chunks: readonly Chunk[]): Step[] {
  const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
  return [
    ...chunked([...chunks.map(toData), `data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`]),
    lastChunk,
  ];
}

/** The beginning of an answer, which is not over yet. */
export function openaiBeginning(chunks: readonly Chunk[]): Step[] {
  return chunked(chunks.map(toData));
}

function toData({ delta = {}, logprobs, finish }: Chunk): string {
  const choice = { index: 0, delta, ...(logprobs && { logprobs }), finish_reason: finish ?? null };
  return `data: ${JSON.stringify({ model: "m-2026", choices: [choice] })}\n\n`;
}
