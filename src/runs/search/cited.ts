import { toCanonical } from "../../search/canonical.ts";
import type { NumberedSource } from "./sources.ts";

/** `[3]` or `[[3]]`, but not the place of a list in code: `names[3]`. */
const citedNumber = /(?<![\w\])])\[{1,2}(\d{1,6})\]/g;
/** What ends a sentence is no part of it. */
const citedAddress = /https?:\/\/[^\s<>"'()[\]]*[^\s<>"'()[\].,;:!?]/g;

/** Longer addresses, and more of them, are compared with none: that would hold up everybody else. Arbitrary. */
const maxAddressLength = 8192;
const maxAddresses = 500;

/** The numbers of the sources that a text cites, by number or by address. */
export function citedNumbers(text: string, sources: readonly NumberedSource[]): ReadonlySet<number> {
  const cited = new Set(text.matchAll(citedNumber).map(([, number]) => Number(number)));
  const all = text.matchAll(citedAddress).map(([address]) => address);
  const short = new Set(all.filter(({ length }) => length <= maxAddressLength)).values().take(maxAddresses);
  const addresses = new Set(short.map(toCanonical));
  for (const [number, { url }] of sources) if (addresses.has(toCanonical(url))) cited.add(number);
  return cited;
}
