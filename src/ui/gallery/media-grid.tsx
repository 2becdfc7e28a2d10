import { Film, ImageOff, Music } from "lucide-react";
import { useState } from "react";
import type { KeptMedium } from "../../protocol/resources.ts";
import { kindOf, wordOf } from "../parts/media-kinds.ts";
import { toLabel } from "./media.ts";

export interface MediaGridProps {
  readonly media: readonly KeptMedium[];
  readonly onOpen: (medium: KeptMedium) => void;
}

/** Tiles of one size, so that nothing moves when a picture comes. */
export function MediaGrid({ media, onOpen }: MediaGridProps) {
  return (
    <ul className="gallery-grid" aria-label="Media">
      {media.map((medium) => (
        <li key={medium.name}>
          <button
            type="button"
            className="gallery-tile"
            id={idOf(medium)}
            aria-label={`Open the ${wordOf(medium)}: ${shorten(toLabel(medium))}`}
            onClick={() => onOpen(medium)}
          >
            <Preview medium={medium} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Where the focus goes once it is not looked at any more. */
export function tileOf(medium: KeptMedium): HTMLElement | null {
  return document.getElementById(idOf(medium));
}

function idOf({ name }: KeptMedium): string {
  return `gallery-${name}`;
}

const icons = { image: ImageOff, audio: Music, video: Film };

function Preview({ medium }: { readonly medium: KeptMedium }) {
  const { thumbnail, width, height } = medium;
  const [isBroken, setBroken] = useState(false);
  if (thumbnail !== null && !isBroken)
    return (
      <img
        src={thumbnail}
        alt=""
        loading="lazy"
        width={width ?? undefined}
        height={height ?? undefined}
        onError={() => setBroken(true)}
      />
    );
  const Icon = icons[kindOf(medium)];
  return (
    <span className="gallery-told">
      <Icon aria-hidden size={28} />
      <span>{toLabel(medium)}</span>
    </span>
  );
}

/** Somebody listens to it. */
function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
