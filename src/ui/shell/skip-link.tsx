import type { MouseEvent } from "react";
import { focusMain } from "./focus-on-navigation.ts";

/** First of all for the keyboard: past the sidebar. Its address would be a page's. */
export function SkipLink() {
  function skip(event: MouseEvent): void {
    event.preventDefault();
    focusMain();
  }
  return (
    <a href="#main" className="skip-link" onClick={skip}>
      Go to the content
    </a>
  );
}
