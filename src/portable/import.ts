import { open, rm } from "node:fs/promises";
import type { Importer } from "../chats/import.ts";
import { utcDay } from "../lib/clock.ts";
import { createId } from "../lib/ids.ts";
import { parseJson } from "../lib/json.ts";
import { createLineDecoder } from "../lib/lines.ts";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import { ShareDocument } from "../protocol/shares.ts";
import type { Shares } from "../shares/shares.ts";
import type { MemoryTable } from "../store/memories.ts";
import type { Scratch } from "../store/scratch.ts";
import type { UsageTable } from "../store/usage.ts";
import { ChatLine, type Counts, Heading, type Kind, type Line, MemoryLine, ShareLine, UsageLine } from "./format.ts";

export interface ImportOptions {
  readonly store: { readonly memories: MemoryTable; readonly usage: UsageTable; readonly scratch: Scratch };
  readonly shares: Shares;
  readonly chatImporter: Importer;
  /** Whose all of it becomes. */
  readonly owner: string;
  readonly kinds: ReadonlySet<Kind>;
  readonly maxMemoryBytes: number;
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface Imported {
  /** How much was read of each, known already or not. */
  readonly counts: Counts;
  /** What was left out and why, a line each: the first hundred. */
  readonly skipped: readonly string[];
  readonly isWhole: boolean;
}

const checks = {
  export: createCheck(Heading),
  chat: createCheck(ChatLine),
  memory: createCheck(MemoryLine),
  share: createCheck(ShareLine),
  usage: createCheck(UsageLine),
};
const documents = createCheck(ShareDocument);
const kindOf = { chat: "chats", memory: "memories", share: "shares", usage: "usage" } as const;
const maxTold = 100;

/** Whether a file is an export of ours: anything else may be one of chats alone. */
export async function isPortable(path: string): Promise<boolean> {
  const head = await Bun.file(path).slice(0, 200).text();
  return /^\s*\{"type":"export","format":"parley-export"/.test(head);
}

/** Takes what an export holds. What is there already stays, so the same file may be imported again. */
export async function importLines(path: string, options: ImportOptions): Promise<Imported> {
  const { kinds, owner, store, chatImporter, signal } = options;
  const counts = { chats: 0, memories: 0, shares: 0, usage: 0 };
  const skipped: string[] = [];
  const skip = (reason: string) => skipped.length < maxTold && skipped.push(reason);
  const writing = new Set<Promise<unknown>>();
  let isWhole = false;
  // Chats have an importer of their own, which takes them as a file.
  const { path: chatsPath } = await store.scratch.write([]);
  await using chats = await open(chatsPath, "a");
  try {
    let number = 0;
    for await (const text of linesOf(path)) {
      number++;
      signal.throwIfAborted();
      if (text.trim() === "") continue;
      try {
        const line = parseLine(text);
        isWhole = line === "end";
        if (typeof line === "string" || !kinds.has(kindOf[line.type])) continue;
        counts[kindOf[line.type]]++;
        if (line.type === "chat") await chats.appendFile(`${chatOf(text) ?? JSON.stringify(line.chat)}\n`);
        else
          await takeIn(
            writing,
            take(line, options).catch((thrown: unknown) => skip(reasonOf(number, thrown))),
          );
      } catch (thrown) {
        skip(reasonOf(number, thrown));
      }
    }
    await Promise.all(writing);
    if (counts.chats > 0) {
      const told = await chatImporter.run(chatsPath, owner, signal);
      for (const { chat, reason } of told.skipped) skip(`chat ${chat}: ${reason}`);
    }
    return { counts, skipped, isWhole };
  } finally {
    await rm(chatsPath, { force: true });
  }
}

const chatHead = '{"type":"chat","chat":';

/** As it stands, so that numbers stay what they were; where its line is as we write it. */
function chatOf(text: string): string | undefined {
  return text.startsWith(`${chatHead}{`) && text.endsWith("}}") ? text.slice(chatHead.length, -1) : undefined;
}

/** So many share what a wait for the disk costs. */
const atOnce = 200;

async function takeIn(writing: Set<Promise<unknown>>, write: Promise<unknown>): Promise<void> {
  writing.add(write);
  // One that fails stays, for whoever waits next.
  void write.then(
    () => writing.delete(write),
    () => {},
  );
  if (writing.size >= atOnce) await Promise.race(writing);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = createLineDecoder();
  for await (const bytes of Bun.file(path).stream()) yield* decoder.push(bytes);
  yield decoder.end();
}

/** @throws {ApiError} that says what is wrong with it */
function parseLine(text: string): Line | "heading" | "end" {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new ApiError("invalid_json", "it is no JSON");
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (type === "end") return "end";
  const check = Object.entries(checks).find(([name]) => name === type)?.[1];
  if (!check) throw new ApiError("invalid_request", "it is of no type that is known here");
  if (!check.Check(value)) throw new ApiError("invalid_request", explainMismatch(check, value, "it"));
  return type === "export" ? "heading" : (value as Line);
}

/** @throws {ApiError} where it cannot be taken */
async function take(line: Exclude<Line, { type: "chat" }>, options: ImportOptions): Promise<void> {
  const { store, shares, owner, now, maxMemoryBytes } = options;
  if (line.type === "memory") {
    const { user_id, memory, metadata, conversation_id, created_at, updated_at } = line;
    assertId("user_id", user_id);
    const row = {
      // The same text of the same user is kept once, whatever its id is.
      memory_id: createId("mem"),
      text: JSON.stringify(memory),
      metadata: JSON.stringify(metadata),
      conversation_id,
      created_at: toMilliseconds(created_at),
      updated_at: toMilliseconds(updated_at),
    };
    await store.memories.add(owner, user_id, [row], maxMemoryBytes);
  } else if (line.type === "share") {
    const { share_id, document: text, expires_at } = line;
    const leftMs = expires_at === null ? 0 : toMilliseconds(expires_at) - now;
    // A zero would be for ever.
    if (expires_at !== null && leftMs <= 0) return;
    const document = parseJson(text);
    if (!documents.Check(document)) throw new ApiError("invalid_request", explainMismatch(documents, document, "it"));
    const shared = { bytes: new TextEncoder().encode(text), document, expiresInMs: leftMs, isExpected: () => true };
    await shares.save(share_id, shared, { owner, isAnybody: false, writeKey: undefined });
  } else {
    const { type: _, details, created_at, ...counted } = line;
    assertId("run_id", counted.run_id);
    const createdAt = toMilliseconds(created_at);
    await store.usage.insertReported({
      ...counted,
      owner,
      key_id: null,
      created_at: createdAt,
      day: utcDay(createdAt),
      details: JSON.stringify(details),
      outcome: "stop",
      error: null,
      duration_ms: 0,
      first_token_ms: null,
    });
  }
}

function toMilliseconds(time: string): number {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new ApiError("invalid_request", "its time is none");
  return milliseconds;
}

function reasonOf(number: number, thrown: unknown): string {
  if (thrown instanceof ApiError) return `line ${number}: ${thrown.message}`;
  if (thrown instanceof SyntaxError) return `line ${number}: it is no JSON`;
  throw thrown;
}
