import { toTime } from "../lib/clock.ts";
import { arrayAt, isObject, textAt, tryParseJson } from "../lib/json.ts";
import { oneLine } from "../lib/text.ts";
import type { ChatMessageRow } from "../store/chat-messages.ts";
import type { ChatRow, ChatTable } from "../store/chats.ts";
import { toFence } from "./fence.ts";

const names: Readonly<Record<ChatMessageRow["role"], string>> = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
};

/** The branch that is shown, for people: what was said stands as it was said. */
export async function* exportMarkdown(chats: ChatTable, chat: ChatRow): AsyncGenerator<string> {
  yield toHeading(chat.title);
  for await (const rows of chats.branch(chat)) yield rows.map(toSection).join("");
}

export function toHeading(title: string | null): string {
  return `# ${oneLine(title ?? "Chat", 300)}\n`;
}

export type Section = Pick<ChatMessageRow, "role" | "content" | "extra" | "model" | "created_at">;

export function toSection({ role, content, extra, model, created_at }: Section): string {
  const by = model === null ? names[role] : `${names[role]} (${oneLine(model, 100)})`;
  const calls = arrayAt(tryParseJson(extra), "tool_calls").map(toCall);
  const said = [toMarkdown(tryParseJson(content)), ...calls].filter((each) => each !== "");
  return `\n## ${by}\n\n<!-- ${toTime(created_at)} -->\n\n${said.join("\n\n")}\n`;
}

function toMarkdown(content: unknown): string {
  if (typeof content === "string") return content;
  return arrayAt(content).map(toText).join("\n\n");
}

/** Of what is within the message itself, as base64, only what it is. */
function toText(part: unknown): string {
  const text = textAt(part, "text");
  if (text !== undefined) return text;
  const address = textAt(part, "image_url", "url");
  if (address !== undefined) return /^https?:\/\/[^\s()<>]+$/.test(address) ? `![](${address})` : "*(a picture)*";
  if (isObject(part) && part.type === "input_audio") return "*(a recording)*";
  const name = textAt(part, "file", "filename") ?? textAt(part, "name") ?? textAt(part, "bucket_id");
  return name === undefined ? "" : `*(a file: ${oneLine(name, 100)})*`;
}

function toCall(call: unknown): string {
  const name = oneLine(textAt(call, "function", "name") ?? "", 100);
  const given = textAt(call, "function", "arguments") ?? "";
  return `*calls ${name}*\n\n${toFence(given, "json")}`;
}
