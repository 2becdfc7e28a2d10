import type { RefObject } from "react";
import { AttachmentView } from "./attachment-view.tsx";
import { removeAttachment, tryAgain } from "./attach.ts";
import type { Attachment } from "./attachment.ts";

export interface AttachmentListProps {
  readonly draftKey: string;
  readonly attachments: readonly Attachment[];
  /** Where one goes on when the button that was pressed is gone. */
  readonly box: RefObject<HTMLTextAreaElement | null>;
}

export function AttachmentList({ draftKey, attachments, box }: AttachmentListProps) {
  if (attachments.length === 0) return null;
  return (
    <ul className="composer-attachments" aria-label="Attached files">
      {attachments.map((attachment) => (
        <AttachmentView
          key={attachment.id}
          attachment={attachment}
          onRemove={() => {
            removeAttachment(draftKey, attachment.id);
            box.current?.focus();
          }}
          onRetry={() => {
            tryAgain(attachment.id);
            box.current?.focus();
          }}
        />
      ))}
    </ul>
  );
}
