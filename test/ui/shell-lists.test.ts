import { describe, expect, test } from "bun:test";
import type { ChatInfo } from "../../src/protocol/chats.ts";
import { groupChats } from "../../src/ui/shell/group-chats.ts";
import { toFoundChats } from "../../src/ui/shell/found-chats.ts";
import { toPieces } from "../../src/ui/shell/snippet-pieces.ts";

function chat(chat_id: string, at: Date, pinned = false): ChatInfo {
  const time = at.toISOString();
  const nothing = { title: null, title_by: null, current_id: null };
  return { chat_id, pinned, archived: false, created_at: time, updated_at: time, ...nothing };
}

describe("the list of chats", () => {
  test("is grouped by the days of this device, pinned ones first", () => {
    // A Thursday.
    const now = new Date(2026, 4, 14, 0, 30);
    const chats = [
      chat("pinned", new Date(2020, 0, 1), true),
      chat("today", new Date(2026, 4, 14, 0, 10)),
      chat("yesterday", new Date(2026, 4, 13, 23, 50)),
      chat("monday", new Date(2026, 4, 11, 0, 0)),
      chat("sunday", new Date(2026, 4, 10, 23, 59)),
      chat("april", new Date(2026, 3, 30)),
      chat("long ago", new Date(2024, 3, 1)),
    ];
    expect(groupChats(chats, now).map(({ label, chats }) => [label, ...chats.map(({ chat_id }) => chat_id)])).toEqual([
      ["Pinned", "pinned"],
      ["Today", "today"],
      ["Yesterday", "yesterday"],
      ["This week", "monday"],
      ["May 2026", "sunday"],
      ["April 2026", "april"],
      ["April 2024", "long ago"],
    ]);
    expect(groupChats([], now)).toEqual([]);
  });
});

describe("what a search found", () => {
  test("is text again, and says which words were looked for", () => {
    expect(toPieces("The <mark>trams</mark> &amp; &lt;b&gt;&#39;&quot; &unknown; <mark>a\nb</mark>")).toEqual([
      { text: "The ", isFound: false },
      { text: "trams", isFound: true },
      { text: " & <b>'\" &unknown; ", isFound: false },
      { text: "a\nb", isFound: true },
    ]);
    expect(toPieces("")).toEqual([]);
    expect(toPieces("&amp;lt;img src=x onerror=alert(1)&amp;gt;")).toEqual([
      { text: "&lt;img src=x onerror=alert(1)&gt;", isFound: false },
    ]);
  });

  test("names each chat once, with what was said in it where it can", () => {
    const hits = [
      { chat_id: "a", message_id: null },
      { chat_id: "b", message_id: null },
      { chat_id: "a", message_id: "m1" },
      { chat_id: "a", message_id: "m2" },
    ];
    expect(toFoundChats(hits)).toEqual([
      { chat_id: "a", message_id: "m1" },
      { chat_id: "b", message_id: null },
    ]);
  });
});
