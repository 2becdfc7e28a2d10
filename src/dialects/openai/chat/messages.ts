import { at, isObject, type JsonObject, textAt } from "../../../lib/json.ts";

/**
 * Messages as OpenAI's clients send them, in the form that the engine knows: older ones call functions rather than tools.
 * What is no message is left as it is, for the engine refuses it by its place.
 */
export function toMessages(messages: readonly unknown[]): unknown[] {
  /** The calls of functions so far, by the functions' names: their results name nothing else. */
  const ids = new Map<unknown, string>();
  return messages.map((message, index) => {
    // Words alone are as they are: to build each message anew took a third as long as to parse them.
    if (!isObject(message) || isPlain(message)) return message;
    const { content, refusal, function_call: call, ...rest } = message;
    // What was refused was said instead of an answer.
    const said = content ?? (typeof refusal === "string" ? refusal : content);
    const common = { ...rest, ...(said !== undefined && { content: toContent(said) }) };
    if (rest.role === "function")
      return { ...common, role: "tool", tool_call_id: ids.get(rest.name) ?? `call_${textAt(rest, "name") ?? index}` };
    if (!isObject(call) || rest.tool_calls != null) return common;
    const id = `call_${index}`;
    ids.set(call.name, id);
    return { ...common, tool_calls: [{ id, type: "function", function: call }] };
  });
}

function isPlain({ role, content, refusal, function_call: call }: JsonObject): boolean {
  return typeof content === "string" && refusal === undefined && call === undefined && role !== "function";
}

function toContent(content: unknown): unknown {
  return Array.isArray(content) ? content.map(toPart) : content;
}

function toPart(part: unknown): unknown {
  if (!isObject(part)) return part;
  switch (part.type) {
    case "refusal":
      return { type: "text", text: part.refusal };
    case "image_url":
      // Some clients write the address alone.
      return typeof part.image_url === "string" ? { ...part, image_url: { url: part.image_url } } : part;
    case "file":
      return toFile(part);
    default:
      return part;
  }
}

/** A document comes as an address with `data:`, or as base64 alone, whose name says what it is. */
function toFile(part: JsonObject): unknown {
  const { file } = part;
  const bytes = textAt(file, "file_data");
  if (!isObject(file) || bytes === undefined || bytes.startsWith("data:")) return part;
  const name = at(file, "filename");
  const type = typeof name === "string" && !/\.pdf$/i.test(name) ? "application/octet-stream" : "application/pdf";
  return { ...part, file: { ...file, file_data: `data:${type};base64,${bytes}` } };
}
