import { useEffect, useRef } from "react";
import { Button } from "../parts/button.tsx";

export interface OlderChatsProps {
  readonly isLoading: boolean;
  readonly onLoad: () => void;
}

/** The end of what is loaded: more comes as it is scrolled to, or is asked for. */
export function OlderChats({ isLoading, onLoad }: OlderChatsProps) {
  const button = useRef<HTMLButtonElement>(null);
  const load = useRef(onLoad);
  load.current = onLoad;
  useEffect(() => {
    const { current: end } = button;
    if (!end || isLoading) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load.current());
    observer.observe(end);
    return () => observer.disconnect();
  }, [isLoading]);
  return (
    <Button ref={button} look="quiet" aria-disabled={isLoading} onClick={() => isLoading || onLoad()}>
      {isLoading ? "Loading…" : "Older chats"}
    </Button>
  );
}
