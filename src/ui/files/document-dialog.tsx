import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap } from "../../../client/index.ts";
import { toSize } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { client } from "../state/client.ts";

export interface OpenDocument {
  readonly bucketId: string;
  readonly name: string;
}

export interface DocumentDialogProps {
  readonly open: OpenDocument | undefined;
  readonly onClose: () => void;
}

/** What was read in a document: its text as models get it. */
export function DocumentDialog({ open, onClose }: DocumentDialogProps) {
  const [last, setLast] = useState(open);
  if (open && open !== last) setLast(open);
  return (
    <Dialog
      isOpen={open !== undefined}
      onClose={onClose}
      title={last?.name ?? ""}
      about="This is the text that models get of it."
    >
      {last && <DocumentText key={`${last.bucketId}\n${last.name}`} {...last} />}
    </Dialog>
  );
}

function DocumentText({ bucketId, name }: OpenDocument) {
  const text = useInfiniteQuery({
    queryKey: ["buckets", bucketId, "text", name],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.api
          .files({ bucket_id: encodeURIComponent(bucketId) })
          .text({ name: encodeURIComponent(name) })
          .get({ query: { from: String(pageParam) } }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  });
  if (text.error) return <Failure error={text.error} onRetry={() => void text.refetch()} />;
  if (text.isPending) return <Waiting />;
  const [first] = text.data.pages;
  if (first?.bytes === 0) return <p className="empty">No text was found in it.</p>;
  return (
    <>
      <pre className="files-text" tabIndex={0} aria-label={`The text of ${name}`} role="region">
        {text.data.pages.map((page) => page.text).join("")}
      </pre>
      {text.hasNextPage && (
        <Button onClick={() => void text.fetchNextPage()}>
          {text.isFetchingNextPage ? "Loading…" : `Show more of ${toSize(first?.bytes ?? 0)}`}
        </Button>
      )}
    </>
  );
}
