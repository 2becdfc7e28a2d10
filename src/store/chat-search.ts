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
/** So many are looked at for them: some may be gone, or archived. */
const maxLooked = 2000;

type Found = Omit<ChatHit, "snippet" | "score"> & { readonly content: string | null };
interface Candidate {
  readonly id: number;
  readonly score: number;
}

/** What was said and what is called how in one database, its words in another. */
export function openChatSearch(kept: Database, index: Database): (asked: ChatQuery) => ChatsFound {
  const highlighter = openHighlighter();
  const owner = kept.query<{ number: number }, [string]>("SELECT number FROM chat_owners WHERE owner = ?");
  const isThere = {
    chat_title_words: kept.query<{ id: number }, [string, number | null]>(
      `SELECT chats.id FROM json_each(?1) CROSS JOIN chats ON chats.id = value WHERE archived = coalesce(?2, archived)`,
    ),
    chat_words: kept.query<{ id: number }, [string, number | null]>(
      `SELECT messages.id FROM json_each(?1) CROSS JOIN chat_messages AS messages ON messages.id = value
       CROSS JOIN chats ON chats.id = chat WHERE archived = coalesce(?2, archived)`,
    ),
  };
  const words = (["chat_title_words", "chat_words"] as const).map((table) => ({
    isThere: isThere[table],
    newest: index.query<{ ids: string }, [string, number, number]>(
      `SELECT json_group_array(id) AS ids FROM (
         SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? AND rowid BETWEEN ? AND ?
         ORDER BY rowid DESC LIMIT ${maxLooked})`,
    ),
    score: index.query<Candidate, [string, number, number, string]>(
      `SELECT rowid AS id, -bm25(${table}) AS score FROM ${table}
       WHERE ${table} MATCH ?1 AND rowid BETWEEN ?2 AND ?3 AND +rowid IN (SELECT value FROM json_each(?4))
       ORDER BY score DESC, id DESC`,
    ),
  }));
  const chat = kept.query<Found, [number]>(
    `SELECT chat_id, title, archived, updated_at, NULL AS message_id, NULL AS role, NULL AS content
     FROM chats WHERE id = ?`,
  );
  const message = kept.query<Found, [number]>(
    `SELECT chat_id, title, archived, chats.updated_at, message_id, role, content
     FROM chat_messages AS messages JOIN chats ON chats.id = chat WHERE messages.id = ?`,
  );

  return ({ owner: name, text, archived, skip, limit }) => {
    const base = (owner.get(name)?.number ?? 0) * idSpan;
    const terms = toPhrases(text);
    const only = archived === undefined ? null : Number(archived);
    // Words are asked for whole first: their beginnings are those of many others.
    let found = find(toMatch(terms, { of: "all" }), base, only);
    const isOpen = found.every(({ length }) => length === 0);
    if (isOpen) found = find(toMatch(terms, { of: "all", isOpen }), base, only);
    const [titles = [], messages = []] = found;
    const all = [
      ...titles.map((each) => ({ ...each, from: chat })),
      ...messages.map((each) => ({ ...each, from: message })),
    ];
    const hits = all.slice(skip, skip + limit).flatMap(({ id, score, from }): ChatHit[] => {
      const { content, ...hit } = from.get(id) ?? { chat_id: undefined, content: null };
      if (hit.chat_id === undefined) return [];
      const said = content === null ? (hit.title ?? "") : toText(content).slice(0, maxIndexedLength);
      return [{ ...hit, snippet: highlighter.toSnippet(said, terms, isOpen), score }];
    });
    return { hits, hasMore: all.length > skip + limit };
  };

  /** Titles and messages, each best first. */
  function find(match: string, base: number, archived: number | null): (readonly Candidate[])[] {
    return words.map(({ newest, isThere, score }) => {
      const looked = newest.get(match, base, base + idSpan - 1)?.ids ?? "[]";
      const ids = isThere
        .all(looked, archived)
        .slice(0, maxRanked)
        .map(({ id }) => id);
      return ids.length === 0 ? [] : score.all(match, Math.min(...ids), Math.max(...ids), JSON.stringify(ids));
    });
  }
}

/** Its words; and of what is quoted, the phrase. */
function toPhrases(text: string): string[] {
  return text.split('"').flatMap((piece, index) => (index % 2 === 1 ? [piece] : toTerms(piece)));
}
