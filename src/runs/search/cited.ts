import { toCanonical } from "../../search/canonical.ts";
import type { NumberedSource } from "./sources.ts";

/** `[3]` or `[[3]]`, but not the place of a list in code: `names[3]`. */
const citedNumber = /(?<![\w\])])\[{1,2}(\d{1,6})\]/g;
/** What ends a sentence is no part of it. */
const citedAddress = /https?:\/\/[^\s<>"'()[\]]*[^\s<>"'()[\].,;:!?]/g;

/** The numbers of the sources that a text cites, by number or by address. */
export function citedNumbers(text: string, sources: readonly NumberedSource[]): ReadonlySet<number> {
  const cited = new Set(text.matchAll(citedNumber).map(([, number]) => Number(number)));
  const addresses = new Set(text.matchAll(citedAddress).map(([address]) => toCanonical(address)));
  for (const [number, { url }] of sources) if (addresses.has(toCanonical(url))) cited.add(number);
  return cited;
}
