import { type Client, type ClientOptions, createClient } from "../../client/index.ts";
import type { RunEvent } from "../../src/protocol/events.ts";
import { openApp, providerYaml, type TestApp, type TestAppOptions } from "./app.ts";
import { type Cut, type CuttingProxy, openCuttingProxy } from "./cutting-proxy.ts";
import {
  chunked,
  lastChunk,
  openUpstream,
  type Script,
  type ScriptedUpstream,
  type Step,
  toChunk,
} from "./scripted-upstream.ts";

export interface ClientParts {
  /** It reaches the application through the proxy. */
  readonly client: Client;
  readonly proxy: CuttingProxy;
  readonly app: TestApp;
  readonly upstream: ScriptedUpstream;
}

export interface WithClientOptions extends ClientOptions {
  readonly cut?: Cut;
  readonly app?: TestAppOptions;
}

export const question = { messages: [{ role: "user" as const, content: "Hello" }], model: "m", provider: "Work" };

/** A client, the whole application, a vendor that does what the script says, and what breaks connections in between. */
export async function withClient(
  script: Script,
  { cut = () => undefined, app: appOptions, ...options }: WithClientOptions,
  use: (parts: ClientParts) => Promise<void>,
): Promise<void> {
  using upstream = openUpstream(script);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }), ...appOptions });
  await using proxy = await openCuttingProxy(app.origin, cut);
  await use({ client: createClient(proxy.origin, options), proxy, app, upstream });
}

/** A vendor's answer in so many pieces, with a while between each two. */
export function slowAnswer(pieces: readonly string[], waitMs: number): Step[] {
  return [
    ...chunked([]),
    ...pieces.flatMap((text): Step[] => [contentPiece(text), { waitMs }]),
    toChunk('data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'),
    toChunk("data: [DONE]\n\n"),
    lastChunk,
  ];
}

/** One that says something, and then no more. */
export function hangingAnswer(text: string): Step[] {
  return [...chunked([]), contentPiece(text), "hang"];
}

/** What it fails with; `undefined` where it does not. */
export async function failureOf(doing: Promise<unknown>): Promise<unknown> {
  return doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

export async function collect(answer: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of answer) events.push(event);
  return events;
}

export function contentPiece(text: string): Uint8Array {
  return toChunk(`data: {"model":"m","choices":[{"delta":{"content":${JSON.stringify(text)}}}]}\n\n`);
}
