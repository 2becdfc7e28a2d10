import { arrayAt, countAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import { isVector } from "../openai-media/embeddings.ts";
import type { Provider } from "../provider.ts";
import type { Requests } from "../requests.ts";

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings */
export function createEmbed(name: string, requests: Requests): Provider["embed"] {
  return async ({ model, texts, dimensions }, call) => {
    if (texts.length === 0) return { vectors: [] };
    const body = { model, input: texts, ...(dimensions !== undefined && { dimensions }) };
    const answer = await requests.json({ path: "/api/embed", body, isSlow: true }, call);
    const vectors = arrayAt(answer, "embeddings").filter(isVector);
    if (vectors.length !== texts.length)
      throw new ApiError("upstream_failed", `${name} sent ${vectors.length} vectors for ${texts.length} texts`);
    const promptTokens = countAt(answer, "prompt_eval_count");
    return { vectors, ...(promptTokens !== undefined && { promptTokens }) };
  };
}
