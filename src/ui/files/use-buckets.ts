import { useInfiniteQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import type { BucketInfo } from "../../protocol/buckets.ts";
import { client } from "../state/client.ts";
import { type Deletion, useDeletions } from "../state/deletions.ts";
import { toTitle } from "./bucket.ts";

/** The buckets, the newest first, without those that are about to be deleted. */
export function useBuckets() {
  const hidden = useDeletions(({ keys }) => keys);
  const pages = useInfiniteQuery({
    queryKey: ["buckets"],
    queryFn: ({ pageParam: cursor }) => unwrap(client.api.files.get({ query: cursor === "" ? {} : { cursor } })),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
  const all = pages.data?.pages.flatMap(({ buckets }) => buckets) ?? [];
  return { ...pages, buckets: all.filter((each) => !hidden.has(keyOf(each))) };
}

/** The files of one, in the order in which they came. */
export function useBucketFiles(bucketId: string) {
  const pages = useInfiniteQuery({
    queryKey: ["buckets", bucketId, "files"],
    queryFn: ({ pageParam: cursor }) =>
      unwrap(
        client.api
          .files({ bucket_id: encodeURIComponent(bucketId) })
          .list.get({ query: cursor === "" ? {} : { cursor } }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
  return { ...pages, files: pages.data?.pages.flatMap(({ files }) => files) ?? [] };
}

export function toDeletion(bucket: BucketInfo, onUndo: () => void): Deletion {
  const bucket_id = encodeURIComponent(bucket.bucket_id);
  return {
    key: keyOf(bucket),
    text: `“${toTitle(bucket)}” is deleted.`,
    send: (fetch) => unwrap(client.api.files({ bucket_id }).delete(undefined, { fetch })),
    queryKey: ["buckets"],
    onUndo,
  };
}

function keyOf({ bucket_id }: BucketInfo): string {
  return `files/${bucket_id}`;
}
