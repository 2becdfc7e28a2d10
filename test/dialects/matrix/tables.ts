import type { Dialect } from "./dialect.ts";
import { anthropic as anthropicDialect } from "./dialects/anthropic.ts";
import { gemini as geminiDialect } from "./dialects/gemini.ts";
import { ollama as ollamaDialect } from "./dialects/ollama.ts";
import { openai as openaiDialect } from "./dialects/openai.ts";
import type { Wire } from "./wire.ts";
import { anthropic } from "./wires/anthropic.ts";
import { gemini } from "./wires/gemini.ts";
import { ollama } from "./wires/ollama.ts";
import { openai } from "./wires/openai.ts";

export const dialects: readonly Dialect[] = [openaiDialect, anthropicDialect, geminiDialect, ollamaDialect];
export const wires: readonly Wire[] = [openai, anthropic, gemini, ollama];
