import { toApiError } from "../../../src/protocol/errors.ts";
import type { MediaRequest } from "../../../src/providers/media.ts";
import type { Adapter, Call, Provider, ProviderEvent, ProviderOptions } from "../../../src/providers/provider.ts";
import { generated } from "../../support/media.ts";
import { answer, type RecordedRequest, type Step } from "../../support/scripted-upstream.ts";

const limits = { connectMs: 1000, isProxied: false, firstByteMs: 5000, loadMs: 5000, silenceMs: 5000 };

export function openAt(adapter: Adapter, origin: string, options: Partial<ProviderOptions> = {}): Provider {
  return adapter.open({ name: adapter.name, baseUrl: `${origin}/v1`, apiKeys: ["test-key-0123"], limits, ...options });
}

export function called(signal = new AbortController().signal): Call {
  return { signal };
}

export function mediaRequest(request: Partial<MediaRequest>): MediaRequest {
  return { model: "m", prompt: "A red fox", inputs: [], settings: {}, extra: {}, ...request };
}

export function eventsOf(
  provider: Provider,
  request: Partial<MediaRequest>,
  call = called(),
): Promise<ProviderEvent[]> {
  return generated(provider, mediaRequest(request), call);
}

/** The failure's reason and sentence. */
export async function failureOf(promise: Promise<unknown> | undefined): Promise<readonly [string, string]> {
  const { reason, message } = await Promise.resolve(promise).then(
    () => Promise.reject(new Error("it did not fail")),
    toApiError,
  );
  return [reason, message];
}

/** Answers by method and path, the query left out; each list is told one by one, its last for ever. */
export function byPath(answers: Readonly<Record<string, readonly Step[][]>>) {
  const counts = new Map<string, number>();
  return ({ method, path }: RecordedRequest): readonly Step[] => {
    const key = `${method} ${path.replace(/\?.*$/, "")}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    const steps = answers[key];
    return steps?.[Math.min(count, steps.length - 1)] ?? answer(404, { detail: `nothing at ${key}` });
  };
}

/** Bytes with a length and a type. */
export function bytesAnswer(type: string, bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}): Step[] {
  const lines = { "content-type": type, "content-length": String(bytes.byteLength), ...headers };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return [`HTTP/1.1 200 OK\r\n${head.join("")}\r\n`, bytes];
}

export async function allOf(pieces: AsyncIterable<Uint8Array> | undefined): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces ?? []) all.push(piece);
  return new Uint8Array(Buffer.concat(all));
}
