import { ApiError } from "../../../protocol/errors.ts";
import type { Item, ItemPart } from "./items.ts";

interface Turn {
  readonly role: string;
  content: string | readonly unknown[] | null;
  tool_calls?: unknown[];
  readonly tool_call_id?: string;
}

/**
 * Items as the messages of a conversation, whose instructions come first. What was thought is passed over: what a vendor
 * wants back of it is kept by the calls that it led to.
 *
 * @throws {ApiError} `invalid_request`
 */
export function toMessages(instructions: string | null | undefined, items: readonly Item[]): unknown[] {
  const turns: Turn[] = instructions ? [{ role: "system", content: instructions }] : [];
  for (const item of items) {
    switch (item.type) {
      case "message":
        turns.push({
          role: item.role,
          content: item.role === "assistant" ? wordsOf(item.content) : toContent(item.content),
        });
        break;
      case "function_call": {
        const { call_id: id, name, arguments: args } = item;
        turnOfCalls(turns).push({ id, type: "function", function: { name, arguments: args } });
        break;
      }
      case "function_call_output":
        turns.push({ role: "tool", tool_call_id: item.call_id, content: toContent(item.output) });
    }
  }
  return turns;
}

/** What was said before the calls, and they, are one turn. */
function turnOfCalls(turns: Turn[]): unknown[] {
  const last = turns.at(-1);
  if (last?.role === "assistant") return (last.tool_calls ??= []);
  const tool_calls: unknown[] = [];
  turns.push({ role: "assistant", content: null, tool_calls });
  return tool_calls;
}

function wordsOf(parts: readonly ItemPart[]): string {
  return parts.map((part) => ("text" in part ? part.text : part.type === "refusal" ? part.refusal : "")).join("");
}

/** Words alone are one text: not every model takes parts. */
function toContent(content: string | readonly ItemPart[]): string | readonly unknown[] {
  if (typeof content === "string") return content;
  return content.every((part) => "text" in part) ? content.map(({ text }) => text).join("\n\n") : content.map(toPart);
}

function toPart(part: ItemPart): unknown {
  switch (part.type) {
    case "input_text":
    case "output_text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.refusal };
    case "input_image": {
      const { image_url: url, file_id, detail } = part;
      if (url) return { type: "image_url", image_url: { url, ...(detail && { detail }) } };
      if (file_id) return { type: "file", file: { file_id } };
      throw new ApiError("invalid_request", "input: an input_image needs an image_url or a file_id");
    }
    case "input_file":
      return toFile(part);
    case "input_audio":
      return { type: "input_audio", input_audio: part.input_audio };
  }
}

function toFile({ file_id, file_url, file_data, filename }: Extract<ItemPart, { type: "input_file" }>): unknown {
  const name = filename ? { filename } : {};
  if (file_id) return { type: "file", file: { file_id } };
  if (file_url) return { type: "file", file: { ...name, file_data: file_url } };
  if (file_data) return { type: "file", file: { ...name, file_data: toDataUrl(file_data) } };
  throw new ApiError("invalid_request", "input: an input_file needs a file_data, file_url or file_id");
}

/** Some send the base64 alone; `JVBERi` is how every PDF begins. */
function toDataUrl(data: string): string {
  if (data.startsWith("data:")) return data;
  return `data:application/${data.startsWith("JVBERi") ? "pdf" : "octet-stream"};base64,${data}`;
}
