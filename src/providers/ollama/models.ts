import { arrayAt, textAt } from "../../lib/json.ts";
import type { Model } from "../../protocol/models.ts";
import { createModel } from "../model-traits.ts";

/** https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models */
export function toModels(body: unknown): Model[] {
  return arrayAt(body, "models").flatMap((entry) => {
    const id = textAt(entry, "model") ?? textAt(entry, "name");
    if (id === undefined) return [];
    const families = arrayAt(entry, "details", "families");
    const capabilities = arrayAt(entry, "capabilities");
    const tags = [textAt(entry, "details", "parameter_size"), textAt(entry, "details", "quantization_level")];
    return [
      createModel(id, {
        label: id.replace(/:latest$/, ""),
        ...(families.includes("clip") || families.includes("mllama") || capabilities.includes("vision")
          ? { vision: true }
          : {}),
        tags: tags.filter((tag) => tag !== undefined),
      }),
    ];
  });
}
