import { FileText, Film, Image, Music } from "lucide-react";
import { type Attachment, mediumAddress, mediumKind } from "./attachment.ts";

/** A picture small, once the server has it; else a sign for its kind. */
export function AttachmentIcon({ attachment }: { readonly attachment: Attachment }) {
  const { id, type, media, state } = attachment;
  const [medium] = media;
  const kind = medium ? mediumKind(medium.name) : undefined;
  if (state === "ready" && medium && kind === "picture")
    return <img className="composer-attachment-picture" src={mediumAddress(id, medium.name, "thumbnail")} alt="" />;
  const Icon = icons[kind ?? kinds[type.split("/")[0] ?? ""] ?? "document"];
  return <Icon aria-hidden size={20} className="composer-attachment-icon" />;
}

const icons = { picture: Image, sound: Music, film: Film, document: FileText };
const kinds: Readonly<Record<string, keyof typeof icons>> = { image: "picture", audio: "sound", video: "film" };
