import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How near to it, in pixels, counts as the end. */
const nearPx = 40;

/**
 * Keeps the end in sight while things are added, for who is there; who has scrolled away is left alone. Gives whether that
 * is so, and what leads back.
 */
export function useStayAtEnd(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const isAtEnd = useRef(true);
  const [isAway, setIsAway] = useState(false);

  const toEnd = () => {
    isAtEnd.current = true;
    setIsAway(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };

  useLayoutEffect(() => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);

  useEffect(() => {
    const box = scroller.current;
    const inside = content.current;
    if (!box || !inside) return;
    let lastTop = box.scrollTop;
    const onScroll = () => {
      const isNear = box.scrollHeight - box.clientHeight - box.scrollTop <= nearPx;
      // What grows moves the end away from the reader: only who goes up leaves it.
      if (isNear) isAtEnd.current = true;
      else if (box.scrollTop < lastTop) isAtEnd.current = false;
      lastTop = box.scrollTop;
      setIsAway(!isAtEnd.current);
    };
    const growing = new ResizeObserver(() => {
      if (!isAtEnd.current) return;
      box.scrollTop = box.scrollHeight;
      // Who goes up before the event of this one is told goes up from here.
      lastTop = box.scrollTop;
    });
    box.addEventListener("scroll", onScroll, { passive: true });
    growing.observe(inside);
    growing.observe(box);
    return () => {
      box.removeEventListener("scroll", onScroll);
      growing.disconnect();
    };
  }, [scroller, content]);

  return { isAway, toEnd };
}
