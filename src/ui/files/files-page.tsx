import { useState } from "react";
import { DropTarget } from "../composer/drop-target.tsx";
import { Failure } from "../parts/failure.tsx";
import { More } from "../parts/more.tsx";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { focusAfterRemoval, focusLater } from "../state/focus.ts";
import { deleteLater } from "../state/deletions.ts";
import { BucketCard, idOf } from "./bucket-card.tsx";
import { DocumentDialog, type OpenDocument } from "./document-dialog.tsx";
import { UploadButton } from "./upload-button.tsx";
import { UploadList } from "./upload-list.tsx";
import { upload } from "./uploads.ts";
import { toDeletion, useBuckets } from "./use-buckets.ts";

const add = (files: readonly File[]) => void upload(files);

export default function FilesPage() {
  const { buckets, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useBuckets();
  const [open, setOpen] = useState<OpenDocument>();
  const isEmpty = !isPending && !error && buckets.length === 0 && !hasNextPage;

  return (
    <Page
      title="Files"
      about="Documents, pictures and sounds that you have sent. Ask about them in as many chats as you like."
      actions={<UploadButton label="Upload files" look="primary" onFiles={add} />}
    >
      <DropTarget onFiles={add} label="Drop files to keep them here" />
      <UploadList />
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {isPending && <Waiting />}
      {isEmpty && (
        <p className="empty">
          What you attach in a chat, or upload here, is kept on this page: the text of documents, and media as they are.
          Files can also be dropped anywhere on it.
        </p>
      )}
      <p role="status" className="visually-hidden">
        {isPending ? "" : `${buckets.length}${hasNextPage ? " or more" : ""} collections of files`}
      </p>
      <ul className="files-buckets" aria-label="Files">
        {buckets.map((bucket) => (
          <BucketCard
            key={bucket.bucket_id}
            bucket={bucket}
            onOpen={setOpen}
            onDelete={(row) => {
              focusAfterRemoval(row);
              deleteLater(toDeletion(bucket, () => focusLater(idOf(bucket))));
            }}
          />
        ))}
      </ul>
      <More hasMore={hasNextPage} isLoading={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      <DocumentDialog open={open} onClose={() => setOpen(undefined)} />
    </Page>
  );
}
