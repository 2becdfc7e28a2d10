import { isObject, textAt } from "../../lib/json.ts";
import { orAborted, pause } from "../../lib/pause.ts";
import { oneLine } from "../../lib/text.ts";
import { ApiError } from "../../protocol/errors.ts";
import { parseDataUrl } from "../content.ts";
import type { FailureContext } from "../failure.ts";
import type { Medium } from "../media.ts";
import type { MediaKind } from "../../protocol/resources.ts";
import type { Call, ProviderEvent } from "../provider.ts";
import type { Errand, Requests } from "../requests.ts";

/** How often a job is looked at, in milliseconds: slower and slower. */
export interface Pace {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** How long its own cancelling may take. */
const cancelMs = 5_000;

/** How many looks in a row may fail before the job is given up. */
const maxFailures = 3;

/**
 * Starts a prediction and follows it to its end; whoever stops listening before cancels it.
 *
 * https://replicate.com/docs/topics/predictions/lifecycle
 */
export async function* predict(
  start: Errand,
  kind: MediaKind,
  { requests, pace, call }: { readonly requests: Requests; readonly pace: Pace; readonly call: Call },
): AsyncGenerator<readonly ProviderEvent[]> {
  const { signal } = call;
  signal.throwIfAborted();
  const { context } = requests.create(start, call);
  // Not under the caller's signal: a job that was begun has a number only once it is answered, and without it nobody
  // could cancel it.
  const started = requests.json(start, { ...call, signal: new AbortController().signal });
  let job: unknown;
  try {
    job = await orAborted(started, signal);
  } catch (thrown) {
    if (signal.aborted) started.then(cancel, () => {});
    throw thrown;
  }
  const id = textAt(job, "id");
  if (id === undefined) throw new ApiError("upstream_failed", `${context.provider} told no id of the prediction`);
  let status = "";
  let failures = 0;
  try {
    for (let ms = pace.firstMs; isRunning(job); ms = Math.min(ms * 1.5, pace.mostMs)) {
      const now = statusOf(job);
      if (now !== status) yield [{ type: "status", status: (status = now) }];
      await pause(ms, signal);
      try {
        job = await requests.json({ path: `/predictions/${encodeURIComponent(id)}` }, call);
        failures = 0;
      } catch (thrown) {
        const isPassing = thrown instanceof ApiError && passing.has(thrown.reason);
        if (!isPassing || ++failures === maxFailures) throw thrown;
      }
    }
  } finally {
    if (isRunning(job)) cancel(job);
  }
  yield toEvents(job, kind, context);

  function cancel(begun: unknown): void {
    const late = { ...call, signal: AbortSignal.timeout(cancelMs) };
    const path = `/predictions/${encodeURIComponent(textAt(begun, "id") ?? "")}/cancel`;
    requests.json({ path, body: new Uint8Array() }, late).catch(() => {});
  }
}

const passing: ReadonlySet<string> = new Set(["upstream_failed", "upstream_timeout", "rate_limited"]);

function isRunning(job: unknown): boolean {
  const status = textAt(job, "status");
  return status === "starting" || status === "processing";
}

/** The last percentage that the model's own log shows as a bar: ` 45%|████▌     | 9/20`. */
function statusOf(job: unknown): string {
  const bars = [...(textAt(job, "logs") ?? "").slice(-4000).matchAll(/(\d{1,3})%\s*\|/g)];
  const percent = bars.at(-1)?.[1];
  return percent === undefined ? (textAt(job, "status") ?? "processing") : `${percent} %`;
}

function toEvents(job: unknown, kind: MediaKind, { provider, redact }: FailureContext): ProviderEvent[] {
  const media = isObject(job) ? mediaIn(job["output"], kind) : [];
  const status = textAt(job, "status");
  if (status !== "succeeded" || media.length === 0) {
    const said = oneLine(redact(textAt(job, "error") ?? reasonOf(status)), 300);
    // Words of several models and of Replicate itself; there is no code for it.
    if (/nsfw|sensitive|flagged|moderat|safety|content policy/i.test(said))
      throw new ApiError("upstream_rejected", `${provider} refused it: ${said}`);
    throw new ApiError("no_media", `${provider} made no ${kind === "video" ? "film" : "picture"}: ${said}`);
  }
  const model = textAt(job, "model");
  return [
    ...(model === undefined ? [] : [{ type: "model", model } as const]),
    ...media.map((medium) => ({ type: "media", medium }) as const),
    { type: "finish", reason: "stop" },
  ];
}

function reasonOf(status: string | undefined): string {
  return status === "succeeded" ? "the model gave no file" : `the prediction was ${status ?? "lost"}`;
}

/** An address, several, or an object that holds some. */
function mediaIn(output: unknown, kind: MediaKind): Medium[] {
  if (typeof output === "string") {
    const inline = parseDataUrl(output);
    if (inline) return [{ kind, source: { bytes: Buffer.from(inline.base64, "base64") }, mime: inline.mime }];
    return /^https?:\/\//.test(output) ? [{ kind, source: { url: output } }] : [];
  }
  if (Array.isArray(output)) return output.flatMap((each: unknown) => mediaIn(each, kind));
  return isObject(output) ? Object.values(output).flatMap((each) => mediaIn(each, kind)) : [];
}
