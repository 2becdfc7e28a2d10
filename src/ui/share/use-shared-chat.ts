import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { readChat, type SharedChat } from "./document.ts";
import { readShared } from "./read.ts";

interface Shown {
  readonly chat?: SharedChat;
  /** What is to be said of it; empty where all is well. */
  readonly state: string;
}

const pauseMs = { visible: 2000, hidden: 5000 };

/** The chat of this page's address, as it is now. */
export function useSharedChat(): Shown {
  const [shown, setShown] = useState<Shown>({ state: "Loading…" });
  const isAtEnd = useRef(false);

  useEffect(() => {
    const left = new AbortController();
    let version = "";
    let isAsking = false;
    let next: ReturnType<typeof setTimeout> | undefined;

    async function look(): Promise<void> {
      if (isAsking) return;
      isAsking = true;
      clearTimeout(next);
      await update().catch(() => say("The server cannot be reached. Trying again…"));
      isAsking = false;
      if (!left.signal.aborted)
        next = setTimeout(() => void look(), document.hidden ? pauseMs.hidden : pauseMs.visible);
    }

    async function update(): Promise<void> {
      const found = await readShared(version, left.signal);
      if (left.signal.aborted) return;
      if (found === "gone") return say(version === "" ? "No chat is shared here." : lastSeen);
      if (found === "same") return say("");
      isAtEnd.current = version !== "" && innerHeight + scrollY >= document.documentElement.scrollHeight - 40;
      version = found.version;
      setShown({ chat: readChat(found.document), state: "" });
    }

    function say(state: string): void {
      if (!left.signal.aborted) setShown((before) => (before.state === state ? before : { ...before, state }));
    }

    document.addEventListener("visibilitychange", () => void (document.hidden || look()), { signal: left.signal });
    void look();
    return () => {
      left.abort();
      clearTimeout(next);
    };
  }, []);

  // Whoever read to the end goes on doing so.
  useLayoutEffect(() => {
    if (isAtEnd.current) scrollTo(0, document.documentElement.scrollHeight);
  }, [shown.chat]);
  return shown;
}

const lastSeen = "This chat is not shared any more: here it is as you saw it last.";
