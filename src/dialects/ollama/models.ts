import { hexDigestOf } from "../../lib/digest.ts";

/** What is known of a model, whoever offers it. */
export interface OllamaModel {
  readonly name: string;
  readonly abilities: readonly OllamaAbility[];
  /** In tokens, where it is known. */
  readonly contextLength?: number | undefined;
}

/** https://docs.ollama.com/api-reference/show-model-details */
export type OllamaAbility = "completion" | "tools" | "thinking" | "vision" | "embedding" | "image" | "audio";

/** When a model was made nobody tells, and their clients want a moment. */
const modified_at = "1970-01-01T00:00:00Z";

/** https://docs.ollama.com/api/tags */
export function toTag(name: string) {
  return { name, model: name, modified_at, size: 0, digest: hexDigestOf(name), details: toDetails(name) };
}

/** https://docs.ollama.com/api-reference/show-model-details: tools read from it what they may ask a model for. */
export function toShown({ name, abilities, contextLength }: OllamaModel) {
  const family = familyOf(name);
  return {
    license: "",
    modelfile: "",
    parameters: "",
    template: "",
    details: toDetails(name),
    model_info: {
      "general.architecture": family,
      "general.basename": name,
      ...(contextLength !== undefined && { [`${family}.context_length`]: contextLength }),
    },
    capabilities: abilities,
    modified_at,
  };
}

/** https://docs.ollama.com/api/ps @param now milliseconds since 1970 */
export function toRunning(name: string, now: number) {
  const { modified_at: _, ...tag } = toTag(name);
  return { ...tag, expires_at: new Date(now).toISOString(), size_vram: 0 };
}

function toDetails(name: string) {
  const family = familyOf(name);
  return { parent_model: "", format: "", family, families: [family], parameter_size: "", quantization_level: "" };
}

/** `llama` of `meta/llama-3.3-70b`: the letters that a name begins with, without its maker. */
function familyOf(name: string): string {
  const [letters = ""] = /^[a-z]*/.exec(name.toLowerCase().replace(/^.*\//, "")) ?? [];
  return letters || "unknown";
}
