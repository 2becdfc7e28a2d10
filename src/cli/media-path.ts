import { toMediaName } from "../runs/show-medium.ts";
import type { Services } from "../services.ts";

/** Where a medium of an answer lies, for who has no server to ask for it; what is elsewhere stays an address. */
export async function toMediaPath({ store }: Pick<Services, "store">, address: string): Promise<string> {
  const name = toMediaName(address);
  const row = name === undefined ? undefined : await store.media.find(name);
  return row ? store.blobs.path(row.hash) : address;
}
