import type { ProviderChat } from "./provider.ts";

/** For `adjust`, of vendors that give JSON but take no schema: it goes into words, before everything else. */
export function withSchemaInWords(body: Record<string, unknown>, chat: ProviderChat): Record<string, unknown> {
  const format = chat.sampling.response_format;
  if (format?.type !== "json_schema" || !Array.isArray(body.messages)) return body;
  const { name, schema } = format.json_schema;
  const content = `Answer with one JSON document alone, "${name}", that is valid under this JSON Schema:\n${JSON.stringify(schema)}`;
  return {
    ...body,
    response_format: { type: "json_object" },
    messages: [{ role: "system", content }, ...(body.messages as unknown[])],
  };
}
