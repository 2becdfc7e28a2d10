import type { AskedMessage, AskedPart } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { ToolCall } from "../../protocol/events.ts";
import type { Content, GenerateContentRequest, Part } from "./request.ts";

/** @param origin this server's own address, under which a medium of an answer may come back */
export function toMessages(
  { contents, systemInstruction }: Pick<GenerateContentRequest, "contents" | "systemInstruction">,
  origin: string,
): AskedMessage[] {
  const system = toInstruction(systemInstruction);
  const open = createOpenCalls();
  return [
    ...(system === "" ? [] : [{ role: "system" as const, content: system }]),
    ...[contents].flat().flatMap((content, index) => {
      if (content.role === "model") return toAnswer(content, open, origin);
      if (content.role === "system") return [{ role: "system" as const, content: textOf(partsOf(content)) }];
      return toQuestion(content, index, open, origin);
    }),
  ];
}

function toInstruction(told: GenerateContentRequest["systemInstruction"]): string {
  return typeof told === "string" ? told : told ? textOf(partsOf(told)) : "";
}

/** Of what is to be embedded, or a system's instruction: words alone. */
export function textOf(parts: readonly Part[]): string {
  return parts.map(({ text }) => text ?? "").join("");
}

export function partsOf({ parts }: Content): readonly Part[] {
  return [parts ?? []].flat();
}

/** What was thought is a model's own, and its signature with it: the engine keeps what vendors want back. */
function toAnswer(content: Content, open: OpenCalls, origin: string): AskedMessage[] {
  const parts = partsOf(content);
  const calls = parts.flatMap(({ functionCall }) => (functionCall ? [open.add(functionCall)] : []));
  const said = parts.filter(({ thought }) => !thought).flatMap((part) => toPart(part, origin));
  const thoughts = textOf(parts.filter(({ thought }) => thought));
  if (said.length === 0 && calls.length === 0) return [];
  return [
    {
      role: "assistant",
      content: said.length > 0 ? toContent(said) : null,
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(thoughts !== "" && { reasoning: thoughts }),
    },
  ];
}

/** Results of tools stand right behind the calls, whatever else is said with them. */
function toQuestion(content: Content, index: number, open: OpenCalls, origin: string): AskedMessage[] {
  const parts = partsOf(content);
  const results = parts.flatMap(({ functionResponse: told }, at): AskedMessage[] => {
    if (!told) return [];
    const id = open.close(told);
    if (id === undefined)
      throw new ApiError(
        "invalid_request",
        `contents[${index}].parts[${at}].functionResponse: expected the answer to a functionCall that stands before it`,
      );
    const media = (told.parts ?? []).flatMap((part) => toPart(part, origin));
    const text = JSON.stringify(told.response ?? {});
    return [{ role: "tool", tool_call_id: id, content: media.length > 0 ? [{ type: "text", text }, ...media] : text }];
  });
  const said = parts.flatMap((part, at) => {
    const found = toPart(part, origin);
    if (found.length === 0 && !isPassedOver(part))
      throw new ApiError(
        "invalid_request",
        `contents[${index}].parts[${at}]: expected text, inlineData, fileData, functionCall or functionResponse`,
      );
    return found;
  });
  return [...results, ...(said.length > 0 ? [{ role: "user" as const, content: toContent(said) }] : [])];
}

function isPassedOver({ text, thought, thoughtSignature, functionCall, functionResponse }: Part): boolean {
  return [text, thought, thoughtSignature, functionCall, functionResponse].some((told) => told !== undefined);
}

/** Words alone are one text, as most vendors have them. */
function toContent(parts: AskedPart[]): string | AskedPart[] {
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts.length === parts.length ? texts.join("") : parts;
}

function toPart(part: Part, origin: string): AskedPart[] {
  const { text, inlineData, fileData, executableCode: code, codeExecutionResult: result } = part;
  if (text) return [{ type: "text", text }];
  if (inlineData) return [toInline(inlineData)];
  if (fileData) {
    const { fileUri } = fileData;
    const isOurs = fileUri.startsWith(`${origin}/`);
    return [{ type: "file", file: { file_data: isOurs ? fileUri.slice(origin.length) : fileUri } }];
  }
  if (code) return [{ type: "text", text: `\n\`\`\`${code.language?.toLowerCase() ?? ""}\n${code.code}\n\`\`\`\n` }];
  return result ? [{ type: "text", text: `\n\`\`\`\n${result.output ?? ""}\n\`\`\`\n` }] : [];
}

function toInline({ mimeType, data, displayName }: NonNullable<Part["inlineData"]>): AskedPart {
  const mime = (mimeType ?? "application/octet-stream").toLowerCase();
  const [kind, subtype = ""] = mime.replace(/;.*/, "").split("/");
  // Both alphabets of base64 are theirs.
  const base64 = data.replaceAll("-", "+").replaceAll("_", "/");
  if (kind === "audio")
    return { type: "input_audio", input_audio: { data: base64, format: soundFormats[subtype] ?? subtype } };
  const url = `data:${mime};base64,${base64}`;
  if (kind === "image") return { type: "image_url", image_url: { url } };
  return { type: "file", file: { ...(displayName && { filename: displayName }), file_data: url } };
}

/** What others call it. */
const soundFormats: Readonly<Record<string, string>> = { mpeg: "mp3", "x-wav": "wav", wave: "wav" };

type Call = NonNullable<Part["functionCall"]>;
type Result = NonNullable<Part["functionResponse"]>;

/** Calls that wait for their results. */
interface OpenCalls {
  add(call: Call): ToolCall & { id: string };
  /** The id of the call that a result answers: the one it names, or the first of that name. */
  close(result: Pick<Result, "id" | "name">): string | undefined;
}

/** Older clients give no ids: those that we invent are the same whenever the conversation is sent again. */
function createOpenCalls(): OpenCalls {
  let count = 0;
  /** The oldest first, as in each queue below; a call that has been answered is in none. */
  const byId = new Map<string, Queue>();
  const byName = new Map<string, Queue>();
  /** Of a name, those that came without an id. */
  const untold = new Map<string, Queue>();
  return {
    add({ id: told, name, args = {} }) {
      const id = told || `call_without_id_${count}`;
      count++;
      const call = { id, name };
      for (const queue of [queueOf(byId, id), queueOf(byName, name), ...(told ? [] : [queueOf(untold, name)])])
        queue.add(call);
      return { id, type: "function", function: { name, arguments: JSON.stringify(args) } };
    },
    close({ id, name }) {
      const call = firstOf(byId, id || undefined) ?? firstOf(id ? untold : byName, name);
      if (!call) return undefined;
      byId.get(call.id)?.delete(call);
      byName.get(call.name)?.delete(call);
      untold.get(call.name)?.delete(call);
      return call.id;
    },
  };
}

type Queue = Set<{ readonly id: string; readonly name: string }>;

function queueOf(queues: Map<string, Queue>, key: string): Queue {
  const queue = queues.get(key) ?? new Set();
  queues.set(key, queue);
  return queue;
}

function firstOf(queues: ReadonlyMap<string, Queue>, key: string | undefined) {
  const [first] = queues.get(key ?? "") ?? [];
  return first;
}
