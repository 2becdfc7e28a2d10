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
  // Below the message that the shown branch ends with, it says nothing.
  const path = messages.length === 0 || (from !== null && from === chat.current) ? [] : await table.path(chat);
  const shown = path.filter(({ role }) => !isSystem({ role }));
  const start = from === null ? 0 : shown.findIndex(({ id }) => id === from) + 1;
  let ahead = from === null || start > 0 ? shown.slice(start) : [];
  let last = from;
  for (const [index, message] of messages.entries()) {
    const next = ahead[0];
    const isSame = createComparison(message);
    const found = next && isSame(next) ? next : await findBelow(last, isSame);
    if (!found) return { last, left: messages.slice(index) };
    ahead = found === next ? ahead.slice(1) : [];
    last = found.id;
  }
  return { last, left: [] };

  async function findBelow(
    id: number | null,
    isSame: (row: ChatMessageRow) => boolean,
  ): Promise<ChatMessageRow | undefined> {
    // It grows while it is gone through.
    const above = [id];
    for (const each of above)
      for await (const rows of table.children(chat, each)) {
        const found = rows.find(isSame);
        if (found) return found;
        for (const row of rows) if (isSystem(row)) above.push(row.id);
      }
    return undefined;
  }
}

/** Clients may trim what they send back, and add keys of their own. A message that is compared with many is read once. */
function createComparison({ role, content = null, tool_calls, tool_call_id }: AskedMessage) {
  const json = JSON.stringify(content);
  const text = isText(content) ? textOf(content).trim() : undefined;
  const asked = (tool_calls ?? []).map(({ id }) => id);
  return (row: ChatMessageRow): boolean => {
    if (row.role !== role || row.state === "running") return false;
    const isSaid = row.content === json || (text !== undefined && isSameText(row.content, text));
    if (!isSaid) return false;
    const extra = tryParseJson(row.extra);
    const calls = arrayAt(extra, "tool_calls").map((call) => textAt(call, "id"));
    return textAt(extra, "tool_call_id") === (tool_call_id ?? undefined) && Bun.deepEquals(calls, asked);
  };
}

function isText(content: AskedMessage["content"]): boolean {
  return !Array.isArray(content) || content.every((part) => part.type === "text");
}

function isSameText(stored: string, text: string): boolean {
  const value = tryParseJson(stored);
  const isPlain = !Array.isArray(value) || value.every((part) => textAt(part, "type") === "text");
  return isPlain && toText(stored).trim() === text;
}
