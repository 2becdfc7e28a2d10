import type { Database } from "bun:sqlite";
import { toText } from "./chat-messages.ts";
import { toIndexed } from "./full-text.ts";
import type { Migration } from "./migrations.ts";

/** How many ids an owner has. */
export const idSpan = 2 ** 32;

/** What is longer is found by its beginning. */
export const maxIndexedLength = 128 * 1024;

const tables = ["chat_words", "chat_title_words"] as const;

/** `chat-index.db`: the words of messages and titles. It may be lost: it is made of what is kept. */
export const chatIndexMigrations: readonly Migration[] = [
  `CREATE TABLE progress (
    seen INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    titles INTEGER NOT NULL,
    last_message INTEGER NOT NULL,
    last_title INTEGER NOT NULL
  ) STRICT;
  ${tables
    .map(
      (name) => `CREATE VIRTUAL TABLE ${name} USING fts5 (
    text, content = '', contentless_delete = 1,
    tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
  );`,
    )
    .join("\n  ")}`,
];

export interface ChatWords {
  /** Indexes some of what waits; gives whether more does. */
  step(): boolean;
  /** The last change that is in the index. */
  seen(): number;
}

interface Progress {
  /** The last change that was seen. */
  readonly seen: number;
  /** Of what was there before the index was, up to the last: which are in it. */
  readonly messages: number;
  readonly titles: number;
  readonly last_message: number;
  readonly last_title: number;
}

/** How much is indexed in one transaction. */
const most = 50;

/** What was said and what is called how in one database, its words in another. */
export function openChatWords(kept: Database, index: Database): ChatWords {
  const changes = kept.query<{ change: number; id: number; is_title: 0 | 1 }, [number]>(
    `SELECT id AS change, row AS id, is_title FROM chat_changes WHERE id > ? ORDER BY id LIMIT ${most}`,
  );
  const [messagesAfter, titlesAfter] = (["chat_messages", "chats"] as const).map((table) =>
    kept.query<{ id: number }, [number, number]>(
      `SELECT id FROM ${table} WHERE id > ? AND id <= ? ORDER BY id LIMIT ${most}`,
    ),
  );
  const begin = kept.query<Progress, []>(
    `SELECT 0 AS seen, 0 AS messages, 0 AS titles, (SELECT coalesce(max(id), 0) FROM chat_messages) AS last_message,
       (SELECT coalesce(max(id), 0) FROM chats) AS last_title`,
  );
  const lastChange = kept.query<{ seq: number }, []>("SELECT seq FROM sqlite_sequence WHERE name = 'chat_changes'");
  const content = kept.query<{ content: string }, [number]>(
    "SELECT content FROM chat_messages WHERE id = ? AND role IN ('user', 'assistant')",
  );
  const title = kept.query<{ title: string | null }, [number]>("SELECT title FROM chats WHERE id = ?");
  const progress = index.query<Progress, []>("SELECT * FROM progress");
  const advance = index.query("UPDATE progress SET seen = $seen, messages = $messages, titles = $titles");
  const start = index.query("INSERT INTO progress VALUES ($seen, $messages, $titles, $last_message, $last_title)");
  const [ofMessage, ofTitle] = tables.map((table) => {
    const insert = index.query(`INSERT INTO ${table} (rowid, text) VALUES (?, ?)`);
    const remove = index.query(`DELETE FROM ${table} WHERE rowid = ?`);
    return (id: number, text: string) => {
      remove.run(id);
      const indexed = toIndexed(text.slice(0, maxIndexedLength));
      if (indexed !== "") insert.run(id, indexed);
    };
  });

  const step = index.transaction(() => {
    const { seen, messages, titles, last_message, last_title } = getProgress();
    const changed = changes.all(seen);
    const oldMessages = messagesAfter?.all(messages, last_message) ?? [];
    const oldTitles = titlesAfter?.all(titles, last_title) ?? [];
    for (const { id, is_title } of changed) (is_title ? indexTitle : indexMessage)(id);
    for (const { id } of oldMessages) indexMessage(id);
    for (const { id } of oldTitles) indexTitle(id);
    advance.run({
      seen: changed.at(-1)?.change ?? seen,
      messages: oldMessages.at(-1)?.id ?? messages,
      titles: oldTitles.at(-1)?.id ?? titles,
    });
    return [changed, oldMessages, oldTitles].some(({ length }) => length === most);
  });
  index
    .transaction(() => {
      if (progress.get() && getProgress().seen <= (lastChange.get()?.seq ?? 0)) return;
      // It is new; or the chats are older than it, as from a backup.
      for (const table of tables) index.run(`INSERT INTO ${table} (${table}) VALUES ('delete-all')`);
      index.run("DELETE FROM progress");
      start.run({ ...begin.get() });
    })
    .immediate();

  return { step: () => step.immediate(), seen: () => getProgress().seen };

  function getProgress(): Progress {
    const found = progress.get();
    if (!found) throw new Error("the index has no progress");
    return found;
  }

  function indexMessage(id: number): void {
    ofMessage?.(id, toText(content.get(id)?.content ?? '""'));
  }

  function indexTitle(id: number): void {
    ofTitle?.(id, title.get(id)?.title ?? "");
  }
}
