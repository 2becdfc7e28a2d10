import type { ShareWriter } from "../store/share-terms.ts";
import type { Access } from "./access.ts";
import { header } from "./headers.ts";

/** Who asks, as one who may or may not overwrite what is shared. */
export function toShareWriter(access: Access, request: Request): ShareWriter {
  const caller = access.find(request);
  return { owner: caller?.owner, isAnybody: caller?.keyId === null, writeKey: header(request, "x-write-key") };
}
