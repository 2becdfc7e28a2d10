import { oneLine } from "../lib/text.ts";
import { decodeStep } from "../lib/percent.ts";
import { extensionOf } from "../lib/extension.ts";
import { isObject, tryParseJson } from "../lib/json.ts";
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

/** How many are fetched for one upload; arbitrary. */
export const maxAddresses = 100;

/** What is to be fetched of a list, and what is not, with the reason. */
export interface AddressList {
  readonly addresses: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

export function readAddressList(list: string, limit: number): AddressList {
  const addresses = parseAddresses(list);
  if (!addresses) {
    const reason = 'it is no list of addresses, [{"url": "https://…"}, {"urls": ["https://…"]}]';
    return { addresses: [], skipped: [{ name: downloadsName, reason }] };
  }
  const beyond = addresses.length - limit;
  // Told once: a list may name a hundred thousand.
  const reason = `${beyond} of its addresses were not fetched: for one upload at most ${maxAddresses} are`;
  return { addresses: addresses.slice(0, limit), skipped: beyond > 0 ? [{ name: downloadsName, reason }] : [] };
}

/** What cannot be fetched is skipped, with the reason. @throws `storage_full`; the signal's reason */
export async function downloadOne(
  address: string,
  download: Download,
  signal: AbortSignal,
): Promise<Uploaded | SkippedFile> {
  try {
    const file = await download(address, signal);
    return { ...file, name: toName(address, file.type) };
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof ApiError) || thrown.reason === "storage_full") throw thrown;
    return { name: nameOf(address), reason: thrown.message };
  }
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
