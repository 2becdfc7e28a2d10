import { Link } from "wouter";

export function MissingChat() {
  return (
    <div className="chat-empty">
      <h2>There is no such chat.</h2>
      <p>It may have been deleted.</p>
      <p>
        <Link href="/">Begin a new one</Link>
      </p>
    </div>
  );
}
