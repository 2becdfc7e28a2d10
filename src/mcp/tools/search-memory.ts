import { Type } from "@sinclair/typebox";
import { assertId } from "../../protocol/ids.ts";
import { toText } from "../content.ts";
import { createTool } from "../tool.ts";

const usualLimit = 8;

const inputSchema = Type.Object({
  query: Type.String({ minLength: 1, maxLength: 2000, description: "Words, or a question" }),
  user: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: "Whose memories; the person's own if not set" }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: usualLimit })),
});

const outputSchema = Type.Object({
  memories: Type.Array(
    Type.Object({
      id: Type.String(),
      memory: Type.String(),
      score: Type.Number({ description: "Up to 1" }),
      created_at: Type.String({ description: "ISO 8601, UTC" }),
    }),
  ),
});

export const searchMemory = createTool({
  name: "search_memory",
  title: "Search memories",
  description: "Finds what is remembered of the person, the best matches first.",
  inputSchema,
  outputSchema,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async call({ query, user, limit = usualLimit }, { parts, caller, signal }) {
    const userId = user ?? caller.owner;
    assertId("user", userId);
    const found = await parts.memory.search(caller, userId, { text: query, limit }, signal);
    const lines = found.map(({ memory }) => `- ${memory}`);
    return {
      content: [toText(lines.join("\n") || "Nothing is remembered that fits.")],
      structuredContent: {
        memories: found.map(({ id, memory, score, created_at }) => ({ id, memory, score, created_at })),
      },
    };
  },
});
