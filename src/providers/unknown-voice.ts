import { suggestion } from "../lib/nearest.ts";
import { oneLine } from "../lib/text.ts";
import { ApiError } from "../protocol/errors.ts";

/** A voice that a provider does not have, and those that it has: the nearest, else some of them. */
export function unknownVoice(provider: string, name: string, known: readonly string[], where = ""): ApiError {
  const some = oneLine(known.slice(0, 10).join(", "), 200);
  const cure = known.length === 0 ? "" : suggestion(name, known) || `; it has ${some}`;
  const asked = JSON.stringify(oneLine(name, 60));
  return new ApiError("upstream_rejected", `${provider} has no voice ${asked}${where}${cure}`);
}
