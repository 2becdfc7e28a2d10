import { Link } from "wouter";

export function MissingChat() {
  return (
    <div className="chat-empty">
      <p>There is no such chat. It may have been deleted.</p>
      <p>
        <Link href="/">Begin a new one</Link>
      </p>
    </div>
  );
}
