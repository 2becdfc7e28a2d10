import type { ModelSummary } from "../../protocol/models.ts";

/** https://platform.openai.com/docs/api-reference/models/object */
export function toOpenaiModel({ name, providers }: ModelSummary) {
  // When a model was made nobody tells us, and their clients want a number.
  return { id: name, object: "model" as const, created: 0, owned_by: providers[0] ?? "" };
}
