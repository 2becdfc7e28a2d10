import { useState } from "react";
import type { KeptMedium } from "../../protocol/resources.ts";
import { Failure } from "../parts/failure.tsx";
import { More } from "../parts/more.tsx";
import { Page } from "../parts/page.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { Segments } from "../parts/segments.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { toCount } from "../parts/amounts.ts";
import { NoMedia } from "./no-media.tsx";
import { MediaGrid, tileOf } from "./media-grid.tsx";
import { MediumDialog } from "./medium-dialog.tsx";
import { type MediaQuery, useMedia } from "./use-media.ts";

const kinds = [
  { value: "all", label: "All" },
  { value: "image", label: "Pictures" },
  { value: "audio", label: "Sound" },
  { value: "video", label: "Films" },
] as const;

export default function GalleryPage() {
  const [text, setText] = useState("");
  const [kind, setKind] = useState<MediaQuery["kind"]>("all");
  const [shown, setShown] = useState<KeptMedium>();
  const [isOpen, setOpen] = useState(false);
  const { media, total, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useMedia({
    text,
    kind,
  });

  const show = (medium: KeptMedium) => {
    setShown(medium);
    setOpen(true);
  };

  return (
    <Page title="Gallery" about="Pictures, films and sounds that models made for you.">
      <div className="gallery-filters">
        <SearchField label="Search the gallery" onSearch={setText} />
        <Segments label="Which of them" value={kind} choices={kinds} onChange={setKind} />
      </div>
      <p role="status" className="muted gallery-count">
        {isPending || error ? "" : `${toCount(total)} in all`}
      </p>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {isPending && <Waiting />}
      {!isPending && !error && media.length === 0 && !hasNextPage && <NoMedia text={text} kind={kind} />}
      <MediaGrid media={media} onOpen={show} />
      <More hasMore={hasNextPage} isLoading={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      <MediumDialog
        isOpen={isOpen}
        shown={shown}
        media={media}
        onShow={show}
        onClose={() => setOpen(false)}
        focusAfter={() => (shown && tileOf(shown)) ?? document.getElementById("main")}
      />
    </Page>
  );
}
