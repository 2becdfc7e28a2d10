import { type Static, Type } from "@sinclair/typebox";
import { ChatRequest } from "./chat.ts";

/** What is no text, in a form or as a body of its own. */
export const Bytes = Type.String({ format: "binary" });
const OneFile = Type.Unsafe<File>(Bytes);
/** A field may come any number of times. */
const Several = Type.Unsafe<File | File[]>(Type.Array(Bytes));

/** Files for a bucket. */
export const FilesForm = Type.Object({ files: Several });

/** The one file that is taken. */
export const FileForm = Type.Object({ file: OneFile });

/** A conversation with files: they, and what lies at each address, are put into the last message of the user. */
export const ConversationForm = Type.Object({
  json: ChatRequest,
  files: Several,
  media_url: Type.Optional(Type.Unsafe<string | string[]>(Type.Array(Type.String()))),
});
export type ConversationForm = Static<typeof ConversationForm>;
