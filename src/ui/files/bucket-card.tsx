import { ChevronDown, MessageSquarePlus, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import type { BucketInfo } from "../../protocol/buckets.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { askAbout } from "./ask-about.ts";
import { BucketFileList } from "./bucket-file-list.tsx";
import { toSummary, toTitle } from "./bucket.ts";
import type { OpenDocument } from "./document-dialog.tsx";
import { UploadButton } from "./upload-button.tsx";
import { upload } from "./uploads.ts";

export interface BucketCardProps {
  readonly bucket: BucketInfo;
  readonly onOpen: (document: OpenDocument) => void;
  readonly onDelete: (row: HTMLElement | null) => void;
}

/** Of what opens it. */
export function idOf({ bucket_id }: BucketInfo): string {
  return `files-${bucket_id}`;
}

/** A bucket: what is in it, and what can be done with it. */
export function BucketCard({ bucket, onOpen, onDelete }: BucketCardProps) {
  const [isOpen, setOpen] = useState(false);
  const [, navigate] = useLocation();
  const row = useRef<HTMLLIElement>(null);
  const title = toTitle(bucket);

  const ask = () =>
    askAbout(bucket).then(
      () => navigate("/"),
      (error: unknown) => notify({ text: toReason(error), isFailure: true }),
    );

  return (
    <li className="card files-bucket" ref={row}>
      <div className="files-bucket-head">
        <button
          type="button"
          className="files-toggle"
          aria-expanded={isOpen}
          data-focus
          id={idOf(bucket)}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronDown aria-hidden size={18} />
          <span>
            <span className="files-name">{title}</span>
            <span className="muted">{toSummary(bucket)}</span>
          </span>
        </button>
        <Button aria-label={`Ask about it: ${title}`} onClick={() => void ask()}>
          <MessageSquarePlus aria-hidden size={16} /> Ask about it
        </Button>
        <IconButton label={`Delete ${title}`} onClick={() => onDelete(row.current)}>
          <Trash2 aria-hidden size={16} />
        </IconButton>
      </div>
      {isOpen && (
        <div className="files-bucket-body">
          <BucketFileList bucketId={bucket.bucket_id} onOpen={onOpen} />
          <UploadButton label="Add files" onFiles={(files) => void upload(files, bucket.bucket_id)} />
        </div>
      )}
    </li>
  );
}
