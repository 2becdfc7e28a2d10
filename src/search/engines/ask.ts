import { tryParseJson } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Page, Pages, SentAlong } from "../page.ts";
import { PageRefusal } from "../page-refusal.ts";

/** An engine's address, and what it is asked by. */
export interface EngineParts {
  readonly pages: Pages;
  readonly address: string;
}

export interface KeyedEngineParts extends EngineParts {
  readonly key: string;
}

export interface Question {
  /** The engine's, for messages. */
  readonly name: string;
  readonly pages: Pages;
  readonly address: URL;
  readonly sends?: SentAlong;
  /** What a status of it means, and the cure: `its key was refused: check brave_api_key`. */
  readonly meanings: Readonly<Record<number, string>>;
  readonly signal: AbortSignal;
}

/** What an engine answers. @throws {ApiError} `fetch_failed`, in words that begin with its name; the signal's reason */
export async function askEngine({ name, pages, address, sends, meanings, signal }: Question): Promise<Page> {
  try {
    return await pages.fetch(address.href, { signal, maxBytes, timeoutMs, ...(sends && { sends }) });
  } catch (thrown) {
    signal.throwIfAborted();
    const meaning = thrown instanceof PageRefusal ? meanings[thrown.answered] : undefined;
    if (meaning !== undefined) throw refused(name, meaning, thrown);
    throw failed(name, thrown instanceof ApiError ? thrown.message : "something failed inside the server", thrown);
  }
}

/** As `askEngine`, of an engine that answers in JSON: `undefined` for what is none. */
export async function askForJson(question: Question): Promise<unknown> {
  const { bytes } = await askEngine(question);
  return tryParseJson(new TextDecoder().decode(bytes));
}

/** Arbitrary: engines answer some tens of kilobytes. */
const maxBytes = 1024 * 1024;

/** Who asks sets the time, by the signal; this is for what that forgets. */
const timeoutMs = 60_000;

/** How long an engine is better left alone that does not want to be asked. Arbitrary. */
const restMs = 60_000;

export function failed(name: string, why: string, cause?: unknown): ApiError {
  return new ApiError("fetch_failed", `${name}: ${why}`, { cause });
}

/** A failure that another question a moment later would meet as well. */
export function refused(name: string, why: string, cause?: unknown): ApiError {
  return new ApiError("fetch_failed", `${name}: ${why}`, { cause, retryAfterMs: restMs });
}

export function unreadable(name: string): ApiError {
  return failed(name, "its answer is not what is expected of it");
}
