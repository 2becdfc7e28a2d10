import { FileText, Film, Music } from "lucide-react";
import type { BucketFile } from "../../protocol/buckets.ts";
import { mediumAddress } from "../composer/attachment.ts";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { kindOf } from "../parts/media-kinds.ts";
import { Waiting } from "../parts/waiting.tsx";
import { toAbout } from "./bucket.ts";
import type { OpenDocument } from "./document-dialog.tsx";
import { useBucketFiles } from "./use-buckets.ts";

export interface BucketFileListProps {
  readonly bucketId: string;
  readonly onOpen: (document: OpenDocument) => void;
}

export function BucketFileList({ bucketId, onOpen }: BucketFileListProps) {
  const { files, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useBucketFiles(bucketId);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Waiting />;
  return (
    <>
      {files.length === 0 && <p className="muted">Nothing is in it.</p>}
      <ul className="files-list">
        {files.map((file) => (
          <li key={file.name}>
            <FileIcon bucketId={bucketId} file={file} />
            <span className="files-file">
              <span className="files-name">{file.name}</span>
              <span className="muted">{toAbout(file)}</span>
            </span>
            <Open bucketId={bucketId} file={file} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button onClick={() => void fetchNextPage()}>{isFetchingNextPage ? "Loading…" : "Show more files"}</Button>
      )}
    </>
  );
}

function FileIcon({ bucketId, file }: { readonly bucketId: string; readonly file: BucketFile }) {
  const kind = file.kind === "document" ? "document" : kindOf(file);
  if (kind === "image")
    return (
      <img className="files-picture" src={mediumAddress(bucketId, file.name, "thumbnail")} alt="" loading="lazy" />
    );
  const Icon = icons[kind];
  return <Icon aria-hidden size={20} className="files-icon" />;
}

const icons = { document: FileText, video: Film, audio: Music };

function Open({ bucketId, file, onOpen }: BucketFileListProps & { readonly file: BucketFile }) {
  const { kind, name } = file;
  if (kind === "document")
    return (
      <Button aria-label={`Read ${name}`} onClick={() => onOpen({ bucketId, name })}>
        Read
      </Button>
    );
  const address = mediumAddress(bucketId, name);
  if (kindOf(file) === "audio")
    return <audio className="files-sound" controls preload="none" src={address} aria-label={name} />;
  return (
    <a className="button" href={address} target="_blank" rel="noreferrer" aria-label={`Open ${name}`}>
      Open
    </a>
  );
}
