import type { ShareDocument } from "../protocol/shares.ts";
import type { ShareRow } from "../store/shares.ts";

/** Longer titles are cut; an id that is longer is none of a chat of ours. */
const limits = { title: 300, id: 128 };

/** What a document says of itself, as far as its owner's list tells it. */
export function readAbout({ title, chat_id, live }: ShareDocument & Record<string, unknown>): ShareAbout {
  return {
    title: typeof title === "string" && title !== "" ? title.slice(0, limits.title).toWellFormed() : null,
    chat_id: typeof chat_id === "string" && chat_id.length <= limits.id ? chat_id.toWellFormed() : null,
    live: live === true ? 1 : 0,
  };
}

type ShareAbout = Pick<ShareRow, "title" | "chat_id" | "live">;
