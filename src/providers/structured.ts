import type { ResponseFormat } from "../protocol/chat.ts";
import type { ProviderChat } from "./provider.ts";

/** What a model is told where its vendor takes no such format; nothing where words are wanted. */
export function formatInWords(format: ResponseFormat | null | undefined): string | undefined {
  if (format == null || format.type === "text") return undefined;
  if (format.type === "json_object") return "Answer with one JSON document alone.";
  const { name, schema } = format.json_schema;
  return `Answer with one JSON document alone, "${name}", that is valid under this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** For `adjust`, of vendors that give JSON but take no schema: it goes into words, before everything else. */
export function withSchemaInWords(body: Record<string, unknown>, chat: ProviderChat): Record<string, unknown> {
  if (chat.sampling.response_format?.type !== "json_schema") return body;
  return { ...withFormatInWords(body, chat), response_format: { type: "json_object" } };
}

/** As `withSchemaInWords`, where the vendor takes no format at all, or none beside tools. */
export function withFormatInWords(body: Record<string, unknown>, chat: ProviderChat): Record<string, unknown> {
  const content = formatInWords(chat.sampling.response_format);
  const { response_format: _, messages, ...rest } = body;
  if (content === undefined || !Array.isArray(messages)) return body;
  return { ...rest, messages: [{ role: "system", content }, ...(messages as unknown[])] };
}
