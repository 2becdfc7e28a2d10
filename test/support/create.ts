import type { TestAppOptions } from "./app.ts";
import { openRouted, type RoutedOptions } from "./routed.ts";
import { chunked, lastChunk, type Script, type Step } from "./scripted-upstream.ts";

export const createPath = (query: Readonly<Record<string, string>>) =>
  `/backend-api/v2/create?${new URLSearchParams(query)}`;

export const chunk = (content: string, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;

/** An answer that ends so. */
export const endedBy = (reason: string, ...pieces: string[]): Step[] => [
  ...chunked([...pieces.map((piece) => chunk(piece)), chunk("", reason), "data: [DONE]\n\n"]),
  lastChunk,
];

/** The application with one provider, A, and its model m; `get` asks for a quick answer. */
export async function openCreate(script: Script, options: RoutedOptions & TestAppOptions = {}) {
  const routed = await openRouted([script], options);
  const { app } = routed;
  const get = (query: Readonly<Record<string, string>> = {}, init?: RequestInit) =>
    app.get(createPath({ prompt: "Hello", model: "m", ...query }), { redirect: "manual", ...init });
  return {
    app,
    get,
    upstream: routed.upstreams[0]!,
    text: async (query: Readonly<Record<string, string>> = {}) => (await get(query)).text(),
    [Symbol.asyncDispose]: () => routed[Symbol.asyncDispose](),
  };
}

/** What a refusal says. */
export async function refusalOf(response: Response): Promise<[status: number, code: string]> {
  const { error } = await response.json();
  return [response.status, error.code];
}
