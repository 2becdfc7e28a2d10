import { Type } from "@sinclair/typebox";
import { toMarked } from "../../files/reading.ts";
import { toText } from "../content.ts";
import { toFileUri } from "../resource-uri.ts";
import { createTool } from "../tool.ts";

const usualResults = 8;

const inputSchema = Type.Object({
  query: Type.String({ minLength: 1, maxLength: 2000, description: "Words, or a question" }),
  bucket_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: "One bucket of files; all of them if not set" }),
  ),
  max_results: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: usualResults })),
});

const outputSchema = Type.Object({
  results: Type.Array(
    Type.Object({
      uri: Type.String({ description: "Of the file, as a resource" }),
      bucket_id: Type.String(),
      name: Type.String(),
      place: Type.String({ description: "Its page or slide, and the heading that it stands under" }),
      text: Type.String(),
    }),
  ),
});

export const searchFiles = createTool({
  name: "search_files",
  title: "Search files",
  description:
    "Finds the pieces that fit words best in the person's documents, which were uploaded to this server. Name the file for what you take from one.",
  inputSchema,
  outputSchema,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async call({ query, bucket_id: bucketId, max_results: limit = usualResults }, { parts, caller }) {
    const found = await parts.buckets.search(caller.owner, query, { bucketId, limit });
    const texts = found.map(({ name, place, text }) => toMarked(place === "" ? name : `${name}, ${place}`, text));
    return {
      content: [toText(texts.join("").trim() || "No document holds any of these words.")],
      structuredContent: {
        results: found.map(({ bucketId, name, place, text }) => {
          return { uri: toFileUri(bucketId, name), bucket_id: bucketId, name, place, text };
        }),
      },
    };
  },
});
