import { Type, type Static } from "@sinclair/typebox";
import { AskedMessage } from "./chat.ts";
import { ApiError } from "./errors.ts";
import { assertId } from "./ids.ts";
import { Maybe } from "./maybe.ts";

/** Of one message, as JSON. */
export const maxMessageBytes = 4 * 1024 * 1024;
export const maxTitleLength = 300;
/** Of what an import brings for a chat, beside what has a place. */
export const maxMetadataBytes = 64 * 1024;

/** ISO 8601, UTC. */
const Time = Type.String();

/** A stored chat, without its messages. */
export const ChatInfo = Type.Object({
  chat_id: Type.String(),
  title: Maybe(Type.String()),
  /** Who made the title; a model's does not replace a person's. */
  title_by: Maybe(Type.Union([Type.Literal("words"), Type.Literal("model"), Type.Literal("user")])),
  pinned: Type.Boolean(),
  archived: Type.Boolean(),
  created_at: Time,
  /** When something was said last. */
  updated_at: Time,
  /** The message that the branch ends with which is shown. */
  current_id: Maybe(Type.String()),
});
export type ChatInfo = Static<typeof ChatInfo>;

/** One message of the tree. */
export const ChatMessage = Type.Object({
  message_id: Type.String(),
  /** The message that it answers, or null; several under one are branches. */
  parent_id: Maybe(Type.String()),
  /** As it was said, and as it can be sent again. */
  message: AskedMessage,
  /** The run that produced it. */
  run_id: Maybe(Type.String()),
  state: Type.Union([
    Type.Literal("running"),
    Type.Literal("done"),
    Type.Literal("interrupted"),
    Type.Literal("cancelled"),
    Type.Literal("failed"),
  ]),
  provider: Maybe(Type.String()),
  model: Maybe(Type.String()),
  usage: Maybe(Type.Record(Type.String(), Type.Unknown())),
  created_at: Time,
  updated_at: Time,
});
export type ChatMessage = Static<typeof ChatMessage>;

/** A chat as it is read alone. */
export const Chat = Type.Object({
  ...ChatInfo.properties,
  /** What an import brought that has no place of its own. */
  metadata: Type.Record(Type.String(), Type.Unknown()),
});

/** What was added to a chat, as it is then. */
export const AddedMessages = Type.Object({ ...Chat.properties, messages: Type.Array(ChatMessage) });

/** Some of its messages, each after the one that it answers. `next` is the cursor of those that follow. */
export const ChatPage = Type.Object({ ...AddedMessages.properties, next: Maybe(Type.String()) });

/** What a search found, in one message or a title. */
export const ChatHit = Type.Object({
  chat_id: Type.String(),
  title: Maybe(Type.String()),
  archived: Type.Boolean(),
  updated_at: Time,
  /** null, as the role, where it is the title that was found. */
  message_id: Maybe(Type.String()),
  role: Maybe(Type.String()),
  /** HTML: what was said, escaped, with `<mark>` around what was found. */
  snippet: Type.String(),
  /** The higher, the better; titles come first. */
  score: Type.Number(),
});

/** Chats, or with `?q=` what was found in them. `next` is the cursor of the page that follows. */
export const ChatList = Type.Union([
  Type.Object({ chats: Type.Array(ChatInfo), next: Maybe(Type.String()) }),
  Type.Object({ results: Type.Array(ChatHit), next: Maybe(Type.String()) }),
]);

/** More in one request would hold up others. */
const maxMessages = 1000;
const NewMessages = Type.Array(AskedMessage, {
  maxItems: maxMessages,
  expected: `an array of at most ${maxMessages} messages`,
});
const optionalTitle = Type.Optional(
  Type.Union([Type.String({ maxLength: maxTitleLength }), Type.Null()], {
    expected: `a string of at most ${maxTitleLength} characters, or null`,
  }),
);

/** A chat that is to be stored. */
export const NewChat = Type.Object({
  /** Made if it is missing. */
  chat_id: Type.Optional(Type.String()),
  title: optionalTitle,
  pinned: Type.Optional(Type.Boolean()),
  archived: Type.Optional(Type.Boolean()),
  /** Each answers the one before. */
  messages: Type.Optional(NewMessages),
});

/** What shall be otherwise. */
export const ChatChange = Type.Object({
  title: optionalTitle,
  pinned: Type.Optional(Type.Boolean()),
  archived: Type.Optional(Type.Boolean()),
  current_id: Type.Optional(Type.String()),
});

/** Messages for a chat, each of which answers the one before. */
export const NewChatMessages = Type.Object({
  /** Which message the first of them answers: the current one if not said, none for null. */
  parent_id: Type.Optional(Maybe(Type.String())),
  messages: Type.Array(AskedMessage, {
    minItems: 1,
    maxItems: maxMessages,
    expected: `an array of 1 to ${maxMessages} messages`,
  }),
});

/** Another wording of a message, beside it. */
export const EditedMessage = Type.Object({ message: AskedMessage });

/** What an import brought. */
export const ChatImport = Type.Object({
  /** Chats that are new, that have got messages, and that had them all. */
  added: Type.Integer(),
  extended: Type.Integer(),
  unchanged: Type.Integer(),
  /** Messages that are new. */
  messages: Type.Integer(),
  /** How many chats or messages were left out, and why: the first hundred. */
  skipped_count: Type.Integer(),
  skipped: Type.Array(Type.Object({ chat: Type.String(), reason: Type.String() })),
});
export type ChatImport = Static<typeof ChatImport>;

/** They stand where ids do in the addresses of chats. */
const reserved = new Set(["export", "import"]);

/** @throws {ApiError} `invalid_request` for an id that no chat may have */
export function assertChatId(id: string): void {
  assertId("chat_id", id);
  if (reserved.has(id)) throw new ApiError("invalid_request", "chat_id: export and import are no ids of chats");
}
