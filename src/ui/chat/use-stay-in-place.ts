import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * Keeps what is being read where it is while something is put before it, at the very top: below that, browsers do so by
 * themselves. `from` changes when that was done.
 */
export function useStayInPlace(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  from: number,
): void {
  const first = useRef<{ readonly element: HTMLElement; readonly top: number }>(null);
  useLayoutEffect(() => {
    const before = first.current;
    if (before?.element.isConnected && scroller.current?.scrollTop === 0)
      scroller.current.scrollTop = before.element.offsetTop - before.top;
    const element = content.current?.querySelector<HTMLElement>(":scope > .chat-message");
    first.current = element ? { element, top: element.offsetTop } : null;
  }, [scroller, content, from]);
}
