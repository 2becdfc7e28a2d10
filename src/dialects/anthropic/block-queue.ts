import { tryParseJson } from "../../lib/json.ts";

/** A block that is being written, or waits to be. */
export type Written =
  { readonly kind: "text" | "thinking" } | { readonly kind: "call"; readonly index: number; id: string; name: string };

/** Where blocks are written. */
export interface BlockSink {
  start(block: Written): void;
  add(block: Written, piece: string): void;
  stop(block: Written): void;
}

/**
 * Blocks come one after another here, while calls of tools may come in pieces that alternate. The first is written as it
 * comes; what begins before its arguments are whole waits.
 */
export interface BlockQueue {
  /** A piece of text or of thinking. */
  say(kind: "text" | "thinking", piece: string): void;
  /** A piece of a call, by its index. */
  call(index: number, piece: { readonly id?: string; readonly name?: string; readonly json?: string }): void;
  /** Writes what waits. */
  end(): void;
}

interface Entry {
  readonly block: Written;
  /** What has come of it: all of a call's arguments, and of others what waits. */
  text: string;
}

export function createBlockQueue(sink: BlockSink): BlockQueue {
  let head: Entry | undefined;
  const waiting: Entry[] = [];
  const calls = new Map<number, Entry>();
  const closed = new WeakSet<Entry>();

  return {
    say(kind, piece) {
      if (piece === "") return;
      const last = waiting.at(-1) ?? head;
      if (last?.block.kind === kind) add(last, piece);
      else begin({ block: { kind }, text: piece });
    },
    call(index, { id = "", name = "", json = "" }) {
      const known = calls.get(index);
      if (!known) {
        const entry: Entry = { block: { kind: "call", index, id, name }, text: json };
        calls.set(index, entry);
        return begin(entry);
      }
      const { block } = known;
      // Of one that is written its head has left; after its arguments are whole nothing but space can come.
      if (block.kind !== "call" || closed.has(known)) return;
      block.id ||= id;
      block.name ||= name;
      if (json !== "") add(known, json);
    },
    end() {
      while (waiting.length > 0) advance();
      close();
    },
  };

  function begin(entry: Entry): void {
    waiting.push(entry);
    while (waiting.length > 0 && (head === undefined || isWhole(head))) advance();
  }

  function add(entry: Entry, piece: string): void {
    if (entry !== head || entry.block.kind === "call") entry.text += piece;
    if (entry === head) sink.add(entry.block, piece);
  }

  function advance(): void {
    close();
    head = waiting.shift();
    if (!head) return;
    sink.start(head.block);
    if (head.text !== "") sink.add(head.block, head.text);
  }

  function close(): void {
    if (!head) return;
    sink.stop(head.block);
    closed.add(head);
    head = undefined;
  }
}

/** Whether nothing can follow of a block once another begins. Asked once for each block that begins. */
function isWhole({ block, text }: Entry): boolean {
  return block.kind !== "call" || tryParseJson(text) !== undefined;
}
