import type { MouseEvent } from "react";

/** First of all for the keyboard: past the sidebar. Its address would be a page's. */
export function SkipLink() {
  function skip(event: MouseEvent): void {
    event.preventDefault();
    document.getElementById("main")?.focus();
  }
  return (
    <a href="#main" className="skip-link" onClick={skip}>
      Go to the content
    </a>
  );
}
