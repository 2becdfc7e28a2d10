import type { ModelSummary } from "../../protocol/models.ts";

/** https://platform.openai.com/docs/api-reference/models/list */
export function toOpenaiModelList(models: readonly ModelSummary[]) {
  return { object: "list" as const, data: models.map(toOpenaiModel) };
}

/** https://platform.openai.com/docs/api-reference/models/object */
export function toOpenaiModel({ name, providers }: ModelSummary) {
  return { id: name, object: "model" as const, created: toCreated(name), owned_by: providers[0] ?? "" };
}

/**
 * When a model was made only its name tells, where it ends in a date; their clients want a number.
 *
 * @returns seconds since 1970; 0 where it is not known
 */
function toCreated(name: string): number {
  const [, year, month, day] = /-(20\d\d)-?(\d\d)-?(\d\d)$/.exec(name) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(time) ? 0 : time / 1000;
}
