import { useEffect, useLayoutEffect, useRef } from "react";
import { Button } from "./button.tsx";

export interface MoreProps {
  /** Whether there is more. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly onMore: () => void;
}

/** Below a list: reads more of it when it comes into sight, and for whoever presses it. */
export function More({ hasMore, isLoading, onMore }: MoreProps) {
  const place = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    if (!hasMore || isLoading || !place.current) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && onMore(), {
      rootMargin: "400px",
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [hasMore, isLoading, onMore]);
  useLayoutEffect(() => {
    if (!hasMore && hadFocus.current) place.current?.focus();
    hadFocus.current = place.current?.contains(document.activeElement) ?? false;
  });
  return (
    <div className="more" ref={place} tabIndex={-1}>
      {hasMore && <Button onClick={onMore}>{isLoading ? "Loading…" : "Show more"}</Button>}
    </div>
  );
}
