import { Link } from "wouter";
import type { MediaQuery } from "./use-media.ts";

const plurals = { all: "Pictures, films and sounds", image: "Pictures", audio: "Sounds", video: "Films" };

/** What will be here, and how it comes here. */
export function NoMedia({ text, kind }: MediaQuery) {
  if (text !== "") return <p className="empty">Nothing here fits “{text}”.</p>;
  return (
    <div className="empty">
      <p>
        {plurals[kind]} that a model makes for you are kept here. In a chat, choose a model that makes some, and say
        what you want to have.
      </p>
      <p>
        <Link href="/">Begin a chat</Link> or <Link href="/models">look for a model</Link>
      </p>
    </div>
  );
}
