import { memo, useMemo } from "react";
import { Reasoning } from "../answer/reasoning.tsx";
import { SourceList } from "../answer/source-list.tsx";
import { Markdown } from "../markdown/markdown.tsx";
import { splitSources } from "../markdown/sources.ts";
import type { SharedMessage } from "./document.ts";

/** Made again only when something else is written in it. */
export const MessageView = memo(function MessageView({ role, note, thoughts, text: written }: SharedMessage) {
  const { text, sources } = useMemo(() => splitSources(written), [written]);
  const isUser = role === "user";
  const who = isUser ? "User" : role === "assistant" ? "Assistant" : role;
  const label = [who, isUser ? "" : note].filter(Boolean).join(" · ");
  return (
    <article className={isUser ? "user" : "other"} dir="auto">
      {label !== "" && <p className="share-role">{label}</p>}
      <Reasoning text={thoughts} />
      <Markdown text={text} sources={sources} />
      <SourceList sources={sources} />
    </article>
  );
});
