import { fileTypeFromBuffer } from "file-type";
import { toSafeName } from "../lib/safe-name.ts";
import type { PageLimits, Pages } from "./page.ts";

/** A picture, sound, film or document that a caller named by its address. */
export interface NamedMedium {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By its bytes; where these tell nothing, as its host calls it. */
  readonly mime: string;
  /** `png`; `undefined` where the bytes tell nothing. */
  readonly extension: string | undefined;
  /** The end of its address, as a file could be called. */
  readonly name: string;
}

/** @throws as `Pages.fetch` */
export async function fetchMedium(pages: Pages, address: string, limits: PageLimits): Promise<NamedMedium> {
  const { bytes, type, url } = await pages.fetch(address, limits);
  const known = await fileTypeFromBuffer(bytes);
  return {
    bytes,
    mime: known?.mime ?? (type || "application/octet-stream"),
    extension: known?.ext,
    name: toSafeName(lastStep(url)),
  };
}

function lastStep({ pathname }: URL): string {
  const step = pathname.split("/").findLast((each) => each !== "") ?? "";
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
