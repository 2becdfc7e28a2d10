import type { Database } from "bun:sqlite";
import { type ChatMessageRow, toText } from "./chat-messages.ts";
import { idSpan, maxIndexedLength } from "./chat-words.ts";
import { toMatch, toTerms } from "./full-text.ts";
import { openHighlighter } from "./highlight.ts";

/** What is looked for among an owner's chats. */
export interface ChatQuery {
  readonly owner: string;
  /** Any text: what holds all of its words is found, and what stands in quotes as it stands there. */
  readonly text: string;
  /** Only those that are archived, or are not; all if not said. */
  readonly archived?: boolean | undefined;
  readonly skip: number;
  readonly limit: number;
}

export interface ChatHit {
  readonly chat_id: string;
  readonly title: string | null;
  readonly archived: 0 | 1;
  readonly updated_at: number;
  /** null where it is the title that was found. */
  readonly message_id: string | null;
  readonly role: ChatMessageRow["role"] | null;
  /** HTML: text, escaped, with `<mark>` around what was found. */
  readonly snippet: string;
  /** BM25, the higher the better, among titles and among messages. */
  readonly score: number;
}

export interface ChatsFound {
  readonly hits: readonly ChatHit[];
  /** Whether there are others after these. */
  readonly hasMore: boolean;
}

/** Of what is found, the newest so many are put in order; older ones are not told. */
const maxRanked = 300;

type Found = Omit<ChatHit, "snippet" | "score"> & { readonly content: string | null };
type Asked = [match: string, from: number, to: number, archived: number | null];
interface Candidate {
  readonly id: number;
  readonly score: number;
  readonly isTitle: boolean;
}

export function searchChats(database: Database): (asked: ChatQuery) => ChatsFound {
  const highlighter = openHighlighter();
  const owner = database.query<{ number: number }, [string]>("SELECT number FROM chat_owners WHERE owner = ?");
  // What belongs to a chat that was removed is in the index until its turn comes.
  const titles = database.query<{ id: number }, Asked>(
    `SELECT chats.id FROM chat_title_words CROSS JOIN chats ON chats.id = chat_title_words.rowid
     WHERE chat_title_words MATCH ?1 AND chat_title_words.rowid BETWEEN ?2 AND ?3 AND archived = coalesce(?4, archived)
     ORDER BY chat_title_words.rowid DESC LIMIT ${maxRanked}`,
  );
  const messages = database.query<{ id: number }, Asked>(
    `SELECT messages.id FROM chat_words CROSS JOIN chat_messages AS messages ON messages.id = chat_words.rowid
     CROSS JOIN chats ON chats.id = messages.chat
     WHERE chat_words MATCH ?1 AND chat_words.rowid BETWEEN ?2 AND ?3 AND archived = coalesce(?4, archived)
     ORDER BY chat_words.rowid DESC LIMIT ${maxRanked}`,
  );
  const [titleScores, messageScores] = (["chat_title_words", "chat_words"] as const).map((table) =>
    database.query<{ id: number; score: number }, [string, number, number, string]>(
      `SELECT rowid AS id, -bm25(${table}) AS score FROM ${table}
       WHERE ${table} MATCH ?1 AND rowid BETWEEN ?2 AND ?3 AND +rowid IN (SELECT value FROM json_each(?4))
       ORDER BY score DESC, id DESC`,
    ),
  );
  const chat = database.query<Found, [number]>(
    `SELECT chat_id, title, archived, updated_at, NULL AS message_id, NULL AS role, NULL AS content
     FROM chats WHERE id = ?`,
  );
  const message = database.query<Found, [number]>(
    `SELECT chat_id, title, archived, chats.updated_at, message_id, role, content
     FROM chat_messages AS messages JOIN chats ON chats.id = chat WHERE messages.id = ?`,
  );

  return ({ owner: name, text, archived, skip, limit }) => {
    const base = (owner.get(name)?.number ?? 0) * idSpan;
    const terms = toPhrases(text);
    const range = [base, base + idSpan - 1, archived === undefined ? null : Number(archived)] as const;
    // Words are asked for whole first: their beginnings are those of many others.
    const whole = toMatch(terms, { of: "all" });
    let found = findAll(whole, range);
    const isOpen = found.length === 0;
    if (isOpen) found = findAll(toMatch(terms, { of: "all", isOpen }), range);
    const hits = found.slice(skip, skip + limit).flatMap(({ id, score, isTitle }): ChatHit[] => {
      const row = isTitle ? chat.get(id) : message.get(id);
      if (!row) return [];
      const { content, ...hit } = row;
      const said = content === null ? (row.title ?? "") : toText(content).slice(0, maxIndexedLength);
      return [{ ...hit, snippet: highlighter.toSnippet(said, terms, isOpen), score }];
    });
    return { hits, hasMore: found.length > skip + limit };
  };

  function findAll(match: string, [from, to, archived]: readonly [number, number, number | null]): Candidate[] {
    return [
      ...rank(titles.all(match, from, to, archived), titleScores, match, true),
      ...rank(messages.all(match, from, to, archived), messageScores, match, false),
    ];
  }
}

/** Best first. */
function rank(
  rows: readonly { readonly id: number }[],
  scores: { all(...asked: [string, number, number, string]): { id: number; score: number }[] } | undefined,
  match: string,
  isTitle: boolean,
): Candidate[] {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0 || !scores) return [];
  const ranked = scores.all(match, Math.min(...ids), Math.max(...ids), JSON.stringify(ids));
  return ranked.map((each) => ({ ...each, isTitle }));
}

/** Its words; and of what is quoted, the phrase. */
function toPhrases(text: string): string[] {
  return text.split('"').flatMap((piece, index) => (index % 2 === 1 ? [piece] : toTerms(piece)));
}
