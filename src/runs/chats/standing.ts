import type { AskedMessage } from "../../protocol/chat.ts";
import { isSystem, textOf } from "../../providers/content.ts";
import { type ChatMessageRow, toText } from "../../store/chat-messages.ts";
import type { ChatRow, ChatTable } from "../../store/chats.ts";
import { arrayAt, textAt, tryParseJson } from "../../lib/json.ts";

/** How far messages stand in a chat already. */
export interface Standing {
  /** The last of those that do; null where none does. */
  readonly last: number | null;
  readonly left: readonly AskedMessage[];
}

/**
 * Finds messages in a chat, one below the other, below one of its messages or from the beginning: clients send a
 * conversation whole. The branch that is shown is looked at first. Instructions that stand in it are passed over.
 */
export async function findStanding(
  table: Pick<ChatTable, "path" | "children">,
  chat: ChatRow,
  from: number | null,
  messages: readonly AskedMessage[],
): Promise<Standing> {
  const shown = (await table.path(chat)).filter(({ role }) => !isSystem({ role }));
  const start = from === null ? 0 : shown.findIndex(({ id }) => id === from) + 1;
  let ahead = from === null || start > 0 ? shown.slice(start) : [];
  let last = from;
  for (const [index, message] of messages.entries()) {
    const next = ahead[0];
    const found = next && isSame(next, message) ? next : (await below(last)).find((row) => isSame(row, message));
    if (!found) return { last, left: messages.slice(index) };
    ahead = found === next ? ahead.slice(1) : [];
    last = found.id;
  }
  return { last, left: [] };

  async function below(id: number | null): Promise<ChatMessageRow[]> {
    const rows = await table.children(chat, id);
    return (await Promise.all(rows.map(async (row) => (isSystem(row) ? below(row.id) : [row])))).flat();
  }
}

/** Clients may trim what they send back, and add keys of their own. */
function isSame(row: ChatMessageRow, { role, content = null, tool_calls, tool_call_id }: AskedMessage): boolean {
  if (row.role !== role || row.state === "running") return false;
  const isSaid = row.content === JSON.stringify(content) || (isText(content) && isSameText(row.content, content));
  if (!isSaid) return false;
  const extra = tryParseJson(row.extra);
  const calls = arrayAt(extra, "tool_calls").map((call) => textAt(call, "id"));
  return (
    textAt(extra, "tool_call_id") === (tool_call_id ?? undefined) &&
    Bun.deepEquals(
      calls,
      (tool_calls ?? []).map(({ id }) => id),
    )
  );
}

function isText(content: AskedMessage["content"]): boolean {
  return !Array.isArray(content) || content.every((part) => part.type === "text");
}

function isSameText(stored: string, content: AskedMessage["content"]): boolean {
  const value = tryParseJson(stored);
  const isPlain = !Array.isArray(value) || value.every((part) => textAt(part, "type") === "text");
  return isPlain && toText(stored).trim() === textOf(content).trim();
}
