import { oneLine } from "../lib/text.ts";
import { decodeStep } from "../lib/decode-step.ts";
import { extensionOf } from "../lib/extension.ts";
import { isObject, tryParseJson } from "../lib/json.ts";
import { mapParallel } from "../lib/parallel.ts";
import type { SkippedFile } from "../protocol/buckets.ts";
import { ApiError } from "../protocol/errors.ts";

/** A file that lies in the folder of the buckets and belongs to whoever got it. */
export interface Uploaded {
  readonly path: string;
  /** As its sender names it: any text, or none. */
  readonly name: string;
  /** As its sender declares it. */
  readonly type: string;
}

/** What an address gives: a file, and its type. @throws {ApiError} */
export type Download = (address: string, signal: AbortSignal) => Promise<Omit<Uploaded, "name">>;

/** An upload of this name is a list of addresses, `[{"url": …}, {"urls": […]}]`, and what they give is kept in its place. */
export const downloadsName = "downloads.json";

const maxAddresses = 100;
const atOnce = 6;

/** Fetches what a list names; what cannot be fetched is skipped, with the reason. */
export async function downloadAll(
  list: string,
  download: Download,
  signal: AbortSignal,
): Promise<(Uploaded | SkippedFile)[]> {
  const addresses = parseAddresses(list);
  if (!addresses)
    return [
      { name: downloadsName, reason: 'it is no list of addresses, [{"url": "https://…"}, {"urls": ["https://…"]}]' },
    ];
  const beyond = addresses.slice(maxAddresses).map((address) => ({
    name: nameOf(address),
    reason: `a list has at most ${maxAddresses} addresses`,
  }));
  const fetched = await mapParallel(addresses.slice(0, maxAddresses), atOnce, async (address) => {
    try {
      const file = await download(address, signal);
      return { ...file, name: toName(address, file.type) };
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ApiError)) throw thrown;
      return { name: nameOf(address), reason: thrown.message };
    }
  });
  return [...fetched, ...beyond];
}

/** How many addresses a list has. */
export function countAddresses(list: string): number {
  return Math.min(maxAddresses, parseAddresses(list)?.length ?? 0);
}

function parseAddresses(list: string): string[] | undefined {
  const parsed = tryParseJson(list);
  if (!Array.isArray(parsed)) return undefined;
  const addresses = parsed.flatMap((entry: unknown) =>
    isObject(entry) ? [entry.url ?? [], entry.urls ?? []].flat(2) : [entry],
  );
  return addresses.every((address) => typeof address === "string") ? addresses : undefined;
}

function nameOf(address: string): string {
  return oneLine(address, 200);
}

/** `https://a.example/docs/report.pdf` → `report.pdf`; a page is named for its whole address. */
function toName(address: string, type: string): string {
  const { hostname, pathname } = new URL(address);
  const last = pathname.split("/").at(-1) ?? "";
  const isPage = /^(text\/html|application\/xhtml)/i.test(type) || !/\.\w{1,8}$/.test(last);
  if (!isPage) return decodeStep(last);
  const whole = `${hostname}${pathname}`.replace(/\.\w+$|\/$/, "");
  return `${whole}.${extensionOf(type)}`;
}
