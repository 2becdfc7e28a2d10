import { textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import { pause } from "../../lib/pause.ts";
import type { MediaRequest, Medium } from "../media.ts";
import { readWhole } from "../pieces.ts";
import type { Call, ProviderEvent } from "../provider.ts";
import type { Requests } from "../requests.ts";
import type { Film, FilmJob, FilmState } from "./film-job.ts";
import { isVeo } from "./makes.ts";
import { omni } from "./omni.ts";
import { nothingMade } from "./refusal.ts";
import { veo } from "./veo.ts";

/** How often a job is asked after, in milliseconds: soon at first, then less and less often. */
export interface Polling {
  readonly firstMs: number;
  readonly mostMs: number;
}

export const usualPolling: Polling = { firstMs: 2000, mostMs: 10_000 };

export interface FilmParts {
  readonly name: string;
  readonly requests: Requests;
  readonly polling: Polling;
}

/** Times that a job which may be doing well cannot be asked after, one after the other. */
const maxSilences = 3;

/** How long a job may take to be ended, in milliseconds; nobody waits for it. */
const cancelMs = 5000;

export async function* makeFilms(
  parts: FilmParts,
  request: MediaRequest,
  call: Call,
): AsyncGenerator<readonly ProviderEvent[]> {
  const { name, requests } = parts;
  const job = isVeo(request.model) ? veo : omni;
  const ordered = await requests.json({ path: job.orderPath(request), body: job.toOrder(request) }, call);
  const path = job.jobPath(ordered);
  if (path === undefined) throw new ApiError("upstream_failed", `${name} took the order and named no job`);
  let isOver = false;
  try {
    let told = "";
    for await (const state of watch(parts, job, path, ordered, call)) {
      isOver = state.type !== "going";
      if (state.type === "failed") throw state.failure;
      if (state.type === "made") return yield* deliver(parts, request, state, call);
      if (state.status !== told) yield [{ type: "status", status: state.status }];
      told = state.status;
    }
  } finally {
    if (!isOver && job.cancelPath) cancel(parts, job.cancelPath(path), call);
  }
}

async function* watch(
  { name, requests, polling }: FilmParts,
  job: FilmJob,
  path: string,
  ordered: unknown,
  call: Call,
): AsyncGenerator<FilmState> {
  yield job.read(ordered, name);
  let silences = 0;
  for (let ms = polling.firstMs; ; ms = Math.min(ms * 1.5, polling.mostMs)) {
    await pause(ms, call.signal);
    try {
      yield job.read(await requests.json({ path }, call), name);
      silences = 0;
    } catch (thrown) {
      // The film goes on being made, and is paid for, whether or not one question after it was answered.
      if (call.signal.aborted || !isPassing(thrown) || ++silences === maxSilences) throw thrown;
    }
  }
}

async function* deliver(
  parts: FilmParts,
  { prompt }: MediaRequest,
  { films, model, usage }: Extract<FilmState, { type: "made" }>,
  call: Call,
): AsyncGenerator<readonly ProviderEvent[]> {
  yield [...(model ? [{ type: "model" as const, model }] : []), ...(usage ? [{ type: "usage" as const, usage }] : [])];
  for (const film of films) {
    const medium: Medium = { kind: "video", source: await sourceOf(parts, film, call), mime: film.mime, alt: prompt };
    yield [{ type: "media", medium }];
  }
  yield [{ type: "finish", reason: "stop" }];
}

/** The vendor's files are fetched by their ids, from the address that we know: the key goes nowhere else. */
async function sourceOf(parts: FilmParts, film: Film, call: Call): Promise<Medium["source"]> {
  if ("base64" in film) return { bytes: Buffer.from(film.base64, "base64") };
  const id = /\/files\/([\w-]+)(:download)?(\?|$)/.exec(film.address)?.[1];
  if (id === undefined) return { url: film.address };
  await untilReady(parts, id, call);
  // https://ai.google.dev/gemini-api/docs/video says to follow redirects.
  const download = { path: `/files/${id}:download?alt=media`, followsRedirects: true };
  return { bytes: await readWhole(parts.requests.bytes(download, call), parts.name) };
}

/** A film that is made may still be on its way into a file: https://ai.google.dev/api/files#State */
async function untilReady({ name, requests, polling }: FilmParts, id: string, call: Call): Promise<void> {
  for (let ms = polling.firstMs; ; ms = Math.min(ms * 1.5, polling.mostMs)) {
    const file = await requests.json({ path: `/files/${id}` }, call).catch((thrown: unknown) => {
      if (call.signal.aborted) throw thrown;
      // The download itself will say whether there is none.
      return undefined;
    });
    const state = textAt(file, "state");
    if (state === "FAILED") throw nothingMade(name, "film", textAt(file, "error", "message") ?? "its file failed");
    if (state !== "PROCESSING") return;
    await pause(ms, call.signal);
  }
}

function cancel({ requests }: FilmParts, path: string, call: Call): void {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), cancelMs);
  void requests
    .json({ path, body: new Uint8Array() }, { ...call, signal: controller.signal })
    // Whoever cancelled is gone: there is nobody to tell.
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}

function isPassing(thrown: unknown): boolean {
  return thrown instanceof ApiError && /^(upstream_failed|upstream_timeout|rate_limited)$/.test(thrown.reason);
}
