/**
 * Chats and their messages. Ids are an owner's number times 2³² plus a count, so that a search among an owner's words meets
 * nobody else's; they are never used twice, and a message's is higher than its parent's. `chat_changes` says what is to be
 * indexed, in `chat-index.db`.
 */
export const chatTables = `CREATE TABLE chat_owners (
    number INTEGER PRIMARY KEY,
    owner TEXT NOT NULL UNIQUE,
    last_id INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE chats (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    chat_id TEXT NOT NULL,
    title TEXT,
    title_by TEXT,
    pinned INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    current INTEGER,
    metadata TEXT NOT NULL,
    UNIQUE (owner, chat_id)
  ) STRICT;
  CREATE INDEX chats_by_time ON chats (owner, archived, pinned, updated_at, id);
  CREATE TABLE chat_messages (
    id INTEGER PRIMARY KEY,
    chat INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    parent INTEGER,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    extra TEXT NOT NULL,
    run_id TEXT,
    state TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    usage TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (chat, message_id)
  ) STRICT;
  CREATE INDEX chat_messages_by_chat ON chat_messages (chat);
  CREATE INDEX chat_messages_by_parent ON chat_messages (chat, parent);
  CREATE INDEX chat_messages_by_run ON chat_messages (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX chat_messages_running ON chat_messages (id) WHERE state = 'running';
  CREATE TABLE chat_remains (chat INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE chat_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    row INTEGER NOT NULL,
    is_title INTEGER NOT NULL
  ) STRICT;`;
