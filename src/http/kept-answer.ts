import { isObject, tryParseJson } from "../lib/json.ts";

/** An answer as it can be given again. */
export interface AnswerCopy {
  readonly status: number;
  /** JSON, by their names. */
  readonly headers: string;
  readonly body: Uint8Array;
}

/** What belongs to an answer rather than to the connection. */
const keptHeaders = ["content-type", "etag", "location"];

/** Answers that are longer are not kept, in bytes. */
const maxBytes = 1024 * 1024;

/** Of an answer that is whole and short; `undefined` for any other. The answer can still be sent. */
export async function copyAnswer(response: Response): Promise<AnswerCopy | undefined> {
  const { status, headers } = response;
  if (response.body && !/^(application\/json|text\/plain)/.test(headers.get("content-type") ?? "")) return undefined;
  const body = await response.clone().bytes();
  if (body.byteLength > maxBytes) return undefined;
  const kept = keptHeaders.map((name) => [name, headers.get(name)]).filter(([, value]) => value !== null);
  return { status, headers: JSON.stringify(Object.fromEntries(kept)), body };
}

export function giveAgain({ status, headers, body }: AnswerCopy, besides: Readonly<Record<string, string>>): Response {
  const kept = tryParseJson(headers);
  return new Response(status === 204 ? null : Uint8Array.from(body), {
    status,
    // Written by us.
    headers: { ...(isObject(kept) && (kept as Record<string, string>)), ...besides },
  });
}
