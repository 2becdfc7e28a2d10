import { X } from "lucide-react";
import { toSize } from "../parts/amounts.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { AttachmentIcon } from "./attachment-icon.tsx";
import { type Attachment, isUnsettled } from "./attachment.ts";

export interface AttachmentViewProps {
  readonly attachment: Attachment;
  readonly onRemove: () => void;
  readonly onRetry: () => void;
}

/** One file of a draft: what it is, how far it is, and what became of it. */
export function AttachmentView({ attachment, onRemove, onRetry }: AttachmentViewProps) {
  const { name, state, progress } = attachment;
  return (
    <li className={state === "failed" ? "composer-attachment failed" : "composer-attachment"}>
      <AttachmentIcon attachment={attachment} />
      <div className="composer-attachment-about">
        <span className="composer-attachment-name" title={name}>
          {name}
        </span>
        <span className={state === "failed" ? "wrong" : "muted"} role={state === "failed" ? "alert" : undefined}>
          {sayState(attachment)}
        </span>
        {isUnsettled(attachment) && (
          <progress aria-label={`Sending ${name}`} value={state === "sending" ? progress : undefined} max={1} />
        )}
      </div>
      {state === "failed" && attachment.canRetry === true && (
        <Button className="composer-attachment-retry" onClick={onRetry}>
          Try again
        </Button>
      )}
      <IconButton label={`Remove ${name}`} onClick={onRemove}>
        <X aria-hidden size={16} />
      </IconButton>
    </li>
  );
}

function sayState({ state, progress, bytes, failure, textBytes, documents, media, skipped }: Attachment): string {
  if (state === "failed") return toSentence(failure ?? "it could not be sent");
  if (state === "sending") return `${Math.floor(progress * 100)} % of ${toSize(bytes)}`;
  if (state === "reading") return "Being read…";
  const inside = documents.length + media.length;
  return [
    toSize(bytes),
    inside > 1 && `${inside} files`,
    textBytes !== undefined && `${toSize(textBytes)} of text read`,
    skipped.length > 0 && `${skipped.length} left out: ${skipped[0]?.name}, ${skipped[0]?.reason}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Servers give reasons that stand after a name and a colon elsewhere. */
function toSentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? "" : "."}`;
}
