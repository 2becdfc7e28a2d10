import type { Static, TSchema } from "@sinclair/typebox";
import { type Check, createCheck, explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";
import {
  type MemoryChange,
  MemoryItems,
  MemoryPatch,
  type Metadata,
  type NewMemory,
  SingleMemory,
} from "../protocol/memory.ts";

/** Longest text, in bytes of UTF-8; of metadata, as JSON. */
const maxBytes = { text: 32 * 1024, metadata: 16 * 1024 };

const schemas = {
  items: createCheck(MemoryItems),
  single: createCheck(SingleMemory),
  change: createCheck(MemoryPatch),
};

/**
 * What a caller wants stored: `{"items":[…]}`, where each item's role goes into its metadata, or `{"memory":…}`.
 *
 * @throws {ApiError} `invalid_request`, naming the field and never its value
 */
export function parseNewMemories(body: Readonly<Record<string, unknown>>): NewMemory[] {
  if (!("items" in body)) {
    assertFits(schemas.single, body);
    return [
      {
        text: toMemory(body.memory, "memory"),
        metadata: toMetadata(body.metadata),
        conversationId: toConversationId(body.id),
      },
    ];
  }
  if ("memory" in body) throw new ApiError("invalid_request", "the body: expected either items or memory, not both");
  assertFits(schemas.items, body);
  const conversationId = toConversationId(body.id);
  return body.items.map(({ role, content }, index) => {
    const text = typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
    return {
      text: toMemory(text, `items[${index}].content`),
      conversationId,
      ...(role != null && { metadata: { role } }),
    };
  });
}

/** @throws {ApiError} as `parseNewMemories` */
export function parseMemoryChange(body: Readonly<Record<string, unknown>>): MemoryChange {
  assertFits(schemas.change, body);
  const { memory, metadata } = body;
  if (memory === undefined && metadata === undefined)
    throw new ApiError("invalid_request", "the body: expected memory, metadata or both");
  return { ...(memory !== undefined && { text: toMemory(memory, "memory") }), metadata: toMetadata(metadata) };
}

function assertFits<T extends TSchema>(schema: Check<T>, value: unknown): asserts value is Static<T> {
  if (!schema.Check(value)) throw new ApiError("invalid_request", explainMismatch(schema, value));
}

function toMemory(text: string, field: string): string {
  if (text.trim() === "") throw new ApiError("invalid_request", `${field}: expected a text that is not empty`);
  if (Buffer.byteLength(text) > maxBytes.text)
    throw new ApiError("invalid_request", `${field}: expected at most ${maxBytes.text} bytes`);
  return text;
}

function toMetadata(metadata: Metadata | null | undefined): Metadata | undefined {
  if (metadata == null) return undefined;
  if (Buffer.byteLength(JSON.stringify(metadata)) > maxBytes.metadata)
    throw new ApiError("invalid_request", `metadata: expected at most ${maxBytes.metadata} bytes`);
  return metadata;
}

/** Compared by SQLite, which replaces what is no UTF-8. */
function toConversationId(id: string | null | undefined): string | undefined {
  if (id != null && !id.isWellFormed()) throw new ApiError("invalid_request", "id: expected UTF-8");
  return id ?? undefined;
}
