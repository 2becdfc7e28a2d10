import { decodeStep } from "../lib/percent.ts";
import { toSafeName } from "../lib/safe-name.ts";
import type { PageLimits, Pages } from "./page.ts";

/** A picture, sound, film or document that a caller named by its address. */
export interface NamedMedium {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** As its host calls it, which may be wrong; empty where it does not say. */
  readonly type: string;
  /** The end of its address, as a file could be called. */
  readonly name: string;
}

/** @throws as `Pages.fetch` */
export async function fetchMedium(pages: Pages, address: string, limits: PageLimits): Promise<NamedMedium> {
  const { bytes, type, url } = await pages.fetch(address, limits);
  return { bytes, type, name: toSafeName(lastStep(url)) };
}

function lastStep({ pathname }: URL): string {
  return decodeStep(pathname.split("/").findLast((each) => each !== "") ?? "");
}
