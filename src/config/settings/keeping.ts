import { Type } from "@sinclair/typebox";
import { choice, flag, text } from "../setting-kinds.ts";

/** What is kept, how much of it and how long. */
export const keepingSettings = {
  durability: choice(
    "What an acknowledged change survives: the loss of `power`, or only the end of the `process`, without waiting for the disk",
    ["power", "process"],
    "power",
  ),
  max_media: Type.Integer({
    description: "What pictures, films, sounds and thumbnails may take on disk, in bytes",
    default: 20 * 1024 ** 3,
    minimum: 1024 * 1024,
  }),
  media_retention: Type.Number({
    description: "After how many days without use a medium may go where room is short; 0 for never",
    default: 0,
    minimum: 0,
    maximum: 36_500,
  }),
  max_shares: Type.Integer({
    description: "What the shared chats of one owner may take on disk, in bytes",
    default: 1024 ** 3,
    minimum: 1024 * 1024,
  }),
  share_retention: Type.Number({
    description: "After how many days a shared chat goes whose writer does not say when; 0 for never",
    default: 0,
    minimum: 0,
    maximum: 36_500,
  }),
  max_memories: Type.Integer({
    description: "What the memories of one owner may take, in bytes",
    default: 1024 ** 3,
    minimum: 1024,
  }),
  memory_embeddings: text(
    "Who reads memories, so that they are found by meaning too: `Provider/model`, a provider, or `auto` for the first that offers embeddings; `off` sends them to nobody",
    "off",
  ),
  memory_extract: flag("Let a model look for facts about the user in conversations that use memory, and keep them"),
  memory_model: text("Which model looks for them, as `Provider/model`; the one that answered if empty", ""),
  max_log: Type.Integer({
    description: "What clients' log entries may take on disk, in bytes; the oldest go first",
    default: 64 * 1024 ** 2,
    minimum: 1024 * 1024,
  }),
  log_retention: Type.Number({
    description: "How many days clients' log entries are kept",
    default: 30,
    exclusiveMinimum: 0,
    maximum: 36_500,
  }),
};
