import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { serveThread } from "../lib/thread.ts";
import { type ChatQuery, type ChatsFound, openChatSearch } from "./chat-search.ts";
import { chatIndexMigrations, type ChatWords, openChatWords } from "./chat-words.ts";
import { isDamage } from "../protocol/disk-failure.ts";
import { openDatabase, openToRead, removeDatabase } from "./database.ts";
import { databaseName } from "./layout.ts";

/** The thread of `chat-index.ts`, and never started otherwise. */

export type IndexOp =
  | { readonly op: "open"; readonly directory: string }
  | { readonly op: "work" }
  | { readonly op: "search"; readonly query: ChatQuery }
  | { readonly op: "close" };

export interface IndexAnswer {
  /** The last change that is in the index. */
  readonly seen?: number | undefined;
  readonly found?: ChatsFound | undefined;
}

interface Opened extends Disposable {
  readonly words: ChatWords;
  readonly search: (query: ChatQuery) => ChatsFound;
}

/** A search sees what was said just now, but does not wait for a long import. */
const stepsBeforeSearch = 2;

let directory = "";
let opened: Opened | undefined;

serveThread(obey);

async function obey(asked: IndexOp): Promise<IndexAnswer> {
  if (asked.op === "open") ({ directory } = asked);
  if (asked.op === "close") {
    // A thread that ends with its file open may leave it locked.
    opened?.[Symbol.dispose]();
    opened = undefined;
    directory = "";
    return {};
  }
  try {
    opened ??= open();
    return await use(opened, asked);
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    // It is made anew of what is kept.
    opened?.[Symbol.dispose]();
    opened = undefined;
    removeDatabase(pathOf("chat-index.db"));
    opened = open();
    return use(opened, asked);
  }
}

async function use({ words, search }: Opened, asked: IndexOp): Promise<IndexAnswer> {
  if (asked.op === "work") {
    // Until it is closed, or made anew.
    const isOpen = () => opened?.words === words;
    while (isOpen() && words.step()) await turn();
    return isOpen() ? { seen: words.seen() } : {};
  }
  if (asked.op !== "search") return {};
  for (let count = 0; count < stepsBeforeSearch && words.step(); count++);
  return { found: search(asked.query) };
}

function open(): Opened {
  if (directory === "") throw new Error("the index is not open");
  const kept = openToRead(pathOf(databaseName));
  // What it has seen is forgotten elsewhere: so it must survive what that survives.
  const options = { migrations: chatIndexMigrations, shrinks: false, synchronous: "FULL" } as const;
  const index = openDatabase(pathOf("chat-index.db"), options);
  const close = () => {
    kept.close();
    index.close();
  };
  try {
    return { words: openChatWords(kept, index), search: openChatSearch(kept, index), [Symbol.dispose]: close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

function pathOf(name: string): string {
  return join(directory, name);
}
