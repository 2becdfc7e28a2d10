import type { KeptMedium } from "../../protocol/resources.ts";
import { kindOf } from "../parts/media-kinds.ts";
import { toLabel } from "./media.ts";

/** The medium itself, in a place that is as large before it has come. */
export function MediumView({ medium }: { readonly medium: KeptMedium }) {
  const { url, width, height } = medium;
  const label = toLabel(medium);
  switch (kindOf(medium)) {
    case "image":
      return (
        <a className="gallery-large" href={url} target="_blank" rel="noreferrer" aria-label="Open the picture alone">
          <img key={url} src={url} alt={label} width={width ?? undefined} height={height ?? undefined} />
        </a>
      );
    case "video":
      return <video key={url} className="gallery-large" src={url} controls preload="metadata" aria-label={label} />;
    case "audio":
      return <audio key={url} className="gallery-sound" src={url} controls preload="metadata" aria-label={label} />;
  }
}
