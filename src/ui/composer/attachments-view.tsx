import { FileText } from "lucide-react";
import { toLinkAddress } from "../markdown/address.ts";
import { toSent } from "./sent.ts";

/** What was sent with a message, below its words. A picture from another host is not fetched, but named. */
export function SentAttachments({ content }: { readonly content: unknown }) {
  const sent = toSent(content);
  if (sent.length === 0) return null;
  return (
    <ul className="composer-sent" aria-label="Attached files">
      {sent.map((each, index) => (
        // Two may be alike, and none ever moves: the place is the key.
        <li key={index}>
          <SentView {...each} />
        </li>
      ))}
    </ul>
  );
}

function SentView({ kind, name, address, thumbnail }: ReturnType<typeof toSent>[number]) {
  if (kind === "picture")
    return (
      <a href={address} target="_blank" rel="noreferrer" title={name}>
        <img className="composer-sent-picture" src={thumbnail ?? address} alt={name} loading="lazy" />
      </a>
    );
  if (kind === "sound") return <audio controls preload="none" src={address} aria-label={name} />;
  if (kind === "film") return <video controls preload="metadata" src={address} aria-label={name} />;
  const link = address === undefined ? undefined : toLinkAddress(address);
  return (
    <span className="composer-sent-document">
      <FileText aria-hidden size={18} />
      {link === undefined ? (
        name
      ) : (
        <a href={link.href} target="_blank" rel="noreferrer">
          {name}
        </a>
      )}
    </span>
  );
}
