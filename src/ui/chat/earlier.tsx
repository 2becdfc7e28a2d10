import { type RefObject, useEffect, useRef } from "react";
import { toCount } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";

export interface EarlierProps {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly onShow: () => void;
}

/** Above a long chat: shows more of it before who scrolls up is there, and for whoever presses it. */
export function Earlier({ scroller, count, onShow }: EarlierProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = scroller.current;
    if (!root || !place.current) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && onShow(), {
      root,
      rootMargin: "1000px 0px 0px",
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [scroller, onShow]);

  return (
    <div ref={place} className="chat-earlier">
      <Button onClick={onShow}>{`Show earlier messages (${toCount(count)})`}</Button>
    </div>
  );
}
