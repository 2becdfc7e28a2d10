import type { Adapter, Call, Provider, ProviderEvent, ProviderOptions } from "../../src/providers/provider.ts";
import type { MediaRequest } from "../../src/providers/media.ts";
import { openUpstream, type Script, type Step } from "./scripted-upstream.ts";

const limits = { connectMs: 1000, isProxied: false, firstByteMs: 2000, loadMs: 2000, silenceMs: 2000 };

export const testKey = "test-key-0123";

/** A provider opened directly, and the vendor that it asks. */
export function openWith(adapter: Adapter, script: Script, options: Partial<ProviderOptions> = {}) {
  const upstream = openUpstream(script);
  const provider = adapter.open({
    name: adapter.name,
    baseUrl: upstream.origin,
    apiKeys: [testKey],
    limits,
    ...options,
  });
  return { provider, upstream, [Symbol.dispose]: () => upstream[Symbol.dispose]() };
}

export function callOf(signal: AbortSignal = AbortSignal.timeout(5000)): Call {
  return { signal };
}

export function pictureRequest(model: string, more: Partial<MediaRequest> = {}): MediaRequest {
  return { model, prompt: "A cat", inputs: [], settings: {}, extra: {}, ...more };
}

/** All that it makes. @throws what it throws */
export async function generated(
  { generate }: Provider,
  request: MediaRequest,
  call: Call = callOf(),
): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const batch of generate?.(request, call) ?? []) events.push(...batch);
  return events;
}

/** The fields of a form that was sent, files by name, type and content. */
export function formOf(
  { body, headers }: { body: string; headers: Readonly<Record<string, string>> } | undefined = {
    body: "",
    headers: {},
  },
): string[] {
  const boundary = /boundary="?([^";]+)/.exec(headers["content-type"] ?? "")?.[1] ?? "";
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = "", ...content] = part.replace(/^\r\n|\r\n$/g, "").split("\r\n\r\n");
      const name = / name="([^"]*)"/.exec(head)?.[1];
      const file = /filename="([^"]*)"/.exec(head)?.[1];
      const type = /content-type: *([^\r\n;]+)/i.exec(head)?.[1];
      const what = file === undefined ? "" : ` (${file}, ${type})`;
      return `${name}${what} = ${content.join("\r\n\r\n")}`;
    });
}

/** An answer of events, each as it would come. */
export function eventsOf(...documents: readonly { readonly type: string }[]): string[] {
  return documents.map((document) => `event: ${document.type}\ndata: ${JSON.stringify(document)}\n\n`);
}

export const base64Of = (text: string): string => Buffer.from(text).toString("base64");

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A head and bytes, whatever they are. */
export function binary(body: string, type: string): Step[] {
  return [`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`];
}
