import { readFile } from "node:fs/promises";
import { exportChat } from "../chats/export.ts";
import { toTime } from "../lib/clock.ts";
import { isObject, tryParseJson } from "../lib/json.ts";
import type { Blobs } from "../store/blobs.ts";
import type { ChatTable } from "../store/chats.ts";
import type { OwnedMemory, Owned } from "../store/owned.ts";
import type { ShareRow } from "../store/shares.ts";
import type { UsageRow } from "../store/usage.ts";
import type { Counts, Kind } from "./format.ts";

export interface ExportOptions {
  readonly owned: Owned;
  readonly chats: ChatTable;
  readonly shareBlobs: Blobs;
  readonly owner: string;
  readonly kinds: ReadonlySet<Kind>;
  /** The program's own. */
  readonly version: string;
  readonly now: number;
}

/** All that an owner has, line by line. Gives how much of each there was. */
export async function* exportLines(options: ExportOptions): AsyncGenerator<string, Counts> {
  const { owned, owner, kinds, version, now } = options;
  const counts = { chats: 0, memories: 0, shares: 0, usage: 0 };
  const created_at = toTime(now);
  yield toLine({ type: "export", format: "parley-export", format_version: 1, parley: version, created_at, owner });
  if (kinds.has("chats"))
    for await (const line of chatLines(options)) {
      counts.chats++;
      yield line;
    }
  if (kinds.has("memories"))
    for (const row of owned.memories()) {
      counts.memories++;
      yield memoryLine(row);
    }
  if (kinds.has("shares"))
    for (const row of owned.shares(now)) {
      const line = await shareLine(options, row);
      if (line === undefined) continue;
      counts.shares++;
      yield line;
    }
  if (kinds.has("usage"))
    for (const row of owned.usage()) {
      counts.usage++;
      yield usageLine(row);
    }
  yield toLine({ type: "end", ...counts });
  return counts;
}

/** How many are looked up at once. */
const step = 200;

async function* chatLines({ chats, owner }: ExportOptions): AsyncGenerator<string> {
  for (let last = 0; ;) {
    const rows = await chats.listAll(owner, last, step);
    if (rows.length === 0) return;
    for (const chat of rows) {
      last = chat.id;
      let text = "";
      for await (const piece of exportChat(chats, chat)) text += piece;
      // In JSON a line ends only between members.
      yield `{"type":"chat","chat":${text.replaceAll("\n", "")}}\n`;
    }
  }
}

/** What is stored as JSON goes in as it stands. */
function memoryLine({ user_id, text, metadata, conversation_id, created_at, updated_at }: OwnedMemory): string {
  const rest = { conversation_id, created_at: toTime(created_at), updated_at: toTime(updated_at) };
  const head = JSON.stringify({ type: "memory", user_id }).slice(0, -1);
  return `${head},"memory":${text},"metadata":${metadata},${JSON.stringify(rest).slice(1)}\n`;
}

/** Nothing where its file is gone: that one is lost, and no reason to leave the others. */
async function shareLine({ shareBlobs }: ExportOptions, row: ShareRow): Promise<string | undefined> {
  const document = await readFile(shareBlobs.path(row.blob), "utf8").catch(() => undefined);
  if (document === undefined) return undefined;
  const { share_id, updated, expires_at } = row;
  return toLine({
    type: "share",
    share_id,
    updated,
    expires_at: toTime(expires_at),
    document,
  });
}

function usageLine({ owner: _, key_id: __, day: ___, details, created_at, ...row }: UsageRow): string {
  const told = tryParseJson(details);
  const { outcome, error, duration_ms, first_token_ms, ...counted } = row;
  const ran = { outcome, error, duration_ms, first_token_ms };
  return toLine({
    type: "usage",
    ...counted,
    created_at: toTime(created_at),
    details: { ...ran, ...(isObject(told) && told) },
  });
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
