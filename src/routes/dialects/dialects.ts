import { Elysia } from "elysia";
import type { Services } from "../../services.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiCompletions } from "./openai-completions.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";
import { openaiModels } from "./openai-models.ts";

/** The APIs that other people's tools speak. */
export function dialects(services: Services) {
  return new Elysia()
    .use(openaiChat(services))
    .use(openaiCompletions(services))
    .use(openaiModels(services))
    .use(openaiEmbeddings(services));
}
