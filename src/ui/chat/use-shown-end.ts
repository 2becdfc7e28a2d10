import { startTransition, useCallback, useEffect, useState } from "react";
import type { Item } from "./items.ts";

/**
 * How many messages more than fill any screen, how many a step adds, and how many are added unasked. All arbitrary, the last
 * measured: each message that stands in the page has a part in each frame (`test/bench/page.ts`).
 */
const endLength = 30;
const stepLength = 30;
const unaskedLength = 150;

/**
 * The end of a long chat is there at once, more of it step by step as soon as nothing else is to be done: all at once would
 * hold up the page for seconds. Of a very long one, what is earlier waits until it is asked for. Gives from where on it is shown.
 */
export function useShownEnd(items: readonly Item[]) {
  // By what the first one answers: it stays where it is when messages are added, and another wording takes its place.
  const [below, setBelow] = useState<string | null>();
  const known = below === undefined ? -1 : items.findIndex(({ message }) => message.parent_id === below);
  const from = known === -1 ? Math.max(0, items.length - endLength) : known;
  const isEnough = items.length - from >= unaskedLength;

  const showFrom = useCallback(
    (index: number) => {
      const first = items[Math.max(0, index)]?.message;
      if (first) startTransition(() => setBelow(first.parent_id));
    },
    [items],
  );
  useEffect(() => showFrom(isEnough ? from : from - stepLength), [showFrom, isEnough, from]);

  return { from, isEnough, showEarlier: useCallback(() => showFrom(from - stepLength), [showFrom, from]) };
}
