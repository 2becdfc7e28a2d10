import { create } from "zustand";
import { isParleyError } from "../../../client/index.ts";
import type { SkippedFile } from "../../protocol/buckets.ts";
import { toReason } from "../parts/failure.tsx";
import { client } from "../state/client.ts";
import { randomName } from "../state/ids.ts";
import { queries } from "../state/queries.ts";

/** Files on their way into a bucket, or what came of that: it goes on while one looks at other pages. */
export interface Upload {
  readonly id: string;
  readonly names: readonly string[];
  /** `reading`: it is on the server, which makes text of it. */
  readonly state: "sending" | "reading" | "done" | "failed";
  /** How much of it left, from 0 to 1. */
  readonly progress: number;
  readonly failure?: string;
  readonly skipped: readonly SkippedFile[];
}

export const useUploads = create<{ readonly uploads: readonly Upload[] }>(() => ({ uploads: [] }));

const stops = new Map<string, AbortController>();

/** Sends files into a bucket; without one, into a new one. */
export async function upload(files: readonly File[], bucketId = `files-${randomName()}`): Promise<void> {
  if (files.length === 0) return;
  const id = randomName();
  const stop = new AbortController();
  stops.set(id, stop);
  const begun: Upload = { id, names: files.map(({ name }) => name), state: "sending", progress: 0, skipped: [] };
  useUploads.setState(({ uploads }) => ({ uploads: [begun, ...uploads] }));
  try {
    const { skipped } = await client.upload(bucketId, files, {
      signal: stop.signal,
      onProgress: ({ loaded, total }) =>
        change(id, { state: loaded < total ? "sending" : "reading", progress: total > 0 ? loaded / total : 1 }),
    });
    if (skipped.length === 0) dismiss(id);
    else change(id, { state: "done", skipped });
  } catch (error) {
    if (isParleyError(error) && error.code === "cancelled") dismiss(id);
    else change(id, { state: "failed", failure: toReason(error) });
  }
  stops.delete(id);
  await queries.invalidateQueries({ queryKey: ["buckets"] });
}

export function cancel(id: string): void {
  stops.get(id)?.abort();
}

export function dismiss(id: string): void {
  useUploads.setState(({ uploads }) => ({ uploads: uploads.filter((each) => each.id !== id) }));
}

function change(id: string, changes: Partial<Upload>): void {
  useUploads.setState(({ uploads }) => ({
    uploads: uploads.map((each) => (each.id === id ? { ...each, ...changes } : each)),
  }));
}
