import { Type } from "@sinclair/typebox";
import { ApiError } from "../../protocol/errors.ts";
import { type Block, type Content, markOf } from "./content.ts";
import { createReader } from "../reader.ts";
import { toDocument, toImage } from "./sources.ts";

const readText = createReader(Type.Object({ text: Type.String() }));
const readSearchResult = createReader(
  Type.Object({
    title: Type.String(),
    source: Type.String(),
    content: Type.Array(Type.Object({ text: Type.String() })),
  }),
);

/**
 * https://docs.anthropic.com/en/api/messages#body-messages-content. What the vendor's own servers did in earlier turns
 * is passed over, as it is sealed; and so is thinking, which comes back to its model by the calls that it led to.
 */
const toParts: Readonly<Record<string, (block: Block, place: string) => unknown[]>> = {
  text: (block, place) => [{ type: "text", text: readText(block, place).text, ...markOf(block) }],
  image: (block, place) => [{ ...toImage(block, place), ...markOf(block) }],
  document: (block, place) => withMark(toDocument(block, place, partsOf), block),
  search_result(block, place) {
    const { title, source, content } = readSearchResult(block, place);
    const text = [title, source, ...content.map((part) => part.text)].join("\n");
    return [{ type: "text", text, ...markOf(block) }];
  },
  tool_reference: () => [],
  thinking: () => [],
  redacted_thinking: () => [],
  server_tool_use: () => [],
  web_search_tool_result: () => [],
  web_fetch_tool_result: () => [],
  code_execution_tool_result: () => [],
  bash_code_execution_tool_result: () => [],
  text_editor_code_execution_tool_result: () => [],
  tool_search_tool_result: () => [],
};

/** Blocks as parts of a message. @throws {ApiError} `invalid_request` for a block that means nothing here */
export function partsOf(content: Content, place: string): unknown[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return content.flatMap((block, index) => toPartsOf(block, `${place}[${index}]`));
}

export function toPartsOf(block: Block, place: string): unknown[] {
  const read = Object.hasOwn(toParts, block.type) ? toParts[block.type] : undefined;
  if (read) return read(block, place);
  throw new ApiError(
    "invalid_request",
    `${place}.type: expected a block that this server knows: text, image, document, search_result, tool_use, tool_result or thinking`,
  );
}

/** What became several parts ends with its last. */
function withMark(parts: readonly object[], block: Block): unknown[] {
  return parts.map((part, index) => (index === parts.length - 1 ? { ...part, ...markOf(block) } : part));
}
