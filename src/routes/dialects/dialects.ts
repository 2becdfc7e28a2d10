import { Elysia } from "elysia";
import type { Services } from "../../services.ts";
import { anthropicCount } from "./anthropic/count.ts";
import { anthropicMessages } from "./anthropic/messages.ts";
import { gemini } from "./gemini/gemini.ts";
import { mcp } from "./mcp.ts";
import { ollama } from "./ollama/ollama.ts";
import { openaiAudio } from "./openai/audio.ts";
import { openaiChat } from "./openai/chat.ts";
import { openaiCompletions } from "./openai/completions.ts";
import { openaiEmbeddings } from "./openai/embeddings.ts";
import { openaiFiles } from "./openai/files.ts";
import { openaiImages } from "./openai/images.ts";
import { v1Models } from "./v1-models.ts";
import { openaiResponses } from "./openai/responses.ts";

/** The APIs that other people's tools speak. */
export function dialects(services: Services) {
  return new Elysia()
    .use(openaiChat(services))
    .use(openaiResponses(services))
    .use(openaiCompletions(services))
    .use(openaiEmbeddings(services))
    .use(openaiImages(services))
    .use(openaiAudio(services))
    .use(openaiFiles(services))
    .use(v1Models(services))
    .use(anthropicMessages(services))
    .use(anthropicCount(services))
    .use(ollama(services))
    .use(gemini(services))
    .use(mcp(services));
}
