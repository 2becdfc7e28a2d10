import { describe, expect, test } from "bun:test";
import type { ChatInfo } from "../../src/protocol/chats.ts";
import type { ShareInfo } from "../../src/protocol/shares.ts";
import { readChat } from "../../src/ui/share/document.ts";
import { type StoredBranch, toShareDocument } from "../../src/ui/shares/share-document.ts";
import { findStale } from "../../src/ui/shares/stale-shares.ts";

const at = "2030-01-01T00:00:00.000Z";
const info: ChatInfo = {
  chat_id: "trip",
  title: "Trip",
  title_by: "user",
  pinned: false,
  archived: false,
  created_at: at,
  updated_at: at,
  current_id: "m",
};
type Stored = StoredBranch["messages"][number];

function stored(message: Stored["message"], state: Stored["state"] = "done"): Stored {
  const ids = { message_id: "m", parent_id: null, run_id: "run_secret" };
  const origin = { provider: "Work", model: "m", usage: { cost: 5 } };
  return { ...ids, message, state, ...origin, created_at: at, updated_at: at };
}

describe("what is published of a chat", () => {
  test("is what was said, and not the instructions, what it cost, or an answer that has not begun", () => {
    const thinking = { role: "assistant" as const, content: "A cat", reasoning: "Hm" };
    const messages = [
      stored({ role: "system", content: "Be secret" }),
      stored({
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { bucket_id: "b ü", name: "a.png" },
        ],
      }),
      stored(thinking),
      stored({ role: "assistant", content: "" }, "running"),
    ];
    const chat = { ...info, metadata: { secret: 1 }, messages };
    const document = toShareDocument(chat, { updated: 7, isLive: true });
    expect(document).toMatchObject({ updated: 7, chat_id: "trip", live: true, title: "Trip" });
    expect(JSON.stringify(document)).not.toMatch(/secret|cost/);
    expect(readChat(document)).toEqual({
      title: "Trip",
      left: 0,
      messages: [
        {
          role: "user",
          note: "Work · m",
          thoughts: "",
          text: "Look\n\n![](/files/b%20%C3%BC/media/a.png)",
        },
        { role: "assistant", note: "Work · m", thoughts: "Hm", text: "A cat" },
      ],
    });
  });
});

describe("a share is brought up to date", () => {
  const share: ShareInfo = {
    share_id: "s",
    title: "Trip",
    chat_id: "trip",
    live: true,
    updated: Date.parse(at),
    bytes: 1,
    created_at: at,
    expires_at: null,
  };
  const later = { ...info, updated_at: "2030-01-01T00:00:00.001Z" };

  test("where it is live, and its chat has more to say or another title, once that is answered", () => {
    expect(findStale([share], [info], [])).toEqual([]);
    expect(findStale([share], [later], [])).toEqual([{ share, chat: later }]);
    expect(findStale([share], [later], ["trip"])).toEqual([]);
    expect(findStale([share], [{ ...info, title: "Journey" }], [])).toHaveLength(1);
    expect(findStale([{ ...share, live: false }], [later], [])).toEqual([]);
    expect(findStale([{ ...share, chat_id: "gone" }], [later], [])).toEqual([]);
  });
});
