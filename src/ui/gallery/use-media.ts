import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import type { KeptMedium } from "../../protocol/resources.ts";
import { wordOf } from "../parts/media-kinds.ts";
import { client } from "../state/client.ts";
import { type Deletion, useDeletions } from "../state/deletions.ts";
import type { MediaKind } from "../../protocol/resources.ts";

export interface MediaQuery {
  readonly text: string;
  readonly kind: MediaKind | "all";
}

const pageSize = "48";

/** The media that fit, without those that are about to be deleted. */
export function useMedia({ text, kind }: MediaQuery) {
  const hidden = useDeletions(({ keys }) => keys);
  const pages = useInfiniteQuery({
    queryKey: ["media", { text, kind }],
    queryFn: ({ pageParam }) =>
      unwrap(
        client.api.media.get({
          query: {
            limit: pageSize,
            ...(text !== "" && { q: text }),
            ...(kind !== "all" && { type: kind }),
            ...(pageParam !== "" && { cursor: pageParam }),
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    // All pages that were looked at would be read again.
    refetchOnWindowFocus: false,
  });
  const all = pages.data?.pages.flatMap(({ media }) => media) ?? [];
  const media = all.filter((each) => !hidden.has(keyOf(each)));
  return { ...pages, media, total: (pages.data?.pages[0]?.total ?? 0) - (all.length - media.length) };
}

export function toDeletion(medium: KeptMedium, onUndo: () => void): Deletion {
  const name = encodeURIComponent(medium.name);
  return {
    key: keyOf(medium),
    text: `The ${wordOf(medium)} is deleted.`,
    send: (fetch) => unwrap(client.api.media({ name }).delete(undefined, { fetch })),
    queryKey: ["media"],
    onUndo,
  };
}

function keyOf({ name }: KeptMedium): string {
  return `media/${name}`;
}
