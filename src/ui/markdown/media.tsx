import type { ReactNode } from "react";
import { toLinkAddress, toOwnMedia } from "./address.ts";
import type { MediaMarkup } from "./media-markup.ts";
import { OwnPicture } from "./own-picture.tsx";

/** A medium of an answer, in the contract's markup. */
export function Media({ media }: { readonly media: MediaMarkup }): ReactNode {
  const { kind, alt, raw } = media;
  const address = toOwnMedia(media.address);
  if (address === undefined) return <RemoteMedia kind={kind} address={media.address} alt={alt} raw={raw} />;
  if (kind === "image")
    return <OwnPicture {...media} address={address} thumbnail={toOwnMedia(media.thumbnail) ?? address} />;
  if (kind === "audio") return <audio className="markdown-sound" src={address} controls preload="none" />;
  // Captions are nobody's to give: the film is made as it is.
  return <video className="markdown-film" src={address} controls preload="metadata" />;
}

export interface PictureProps {
  readonly address: string;
  readonly alt: string;
  readonly raw: string;
}

/** A picture of Markdown's. */
export function Picture({ address, alt, raw }: PictureProps): ReactNode {
  const own = toOwnMedia(address);
  return own === undefined ? (
    <RemoteMedia kind="image" address={address} alt={alt} raw={raw} />
  ) : (
    <OwnPicture address={own} thumbnail={own} alt={alt} />
  );
}

const names = { image: "Picture", video: "Film", audio: "Sound" } as const;

/** What lies elsewhere is not loaded: its server would learn who reads this, and the address may tell it what was said. */
export function RemoteMedia({
  kind,
  address,
  alt,
  raw,
}: PictureProps & { readonly kind: MediaMarkup["kind"] }): ReactNode {
  const url = toLinkAddress(address);
  if (!url) return raw;
  return (
    <span className="markdown-remote">
      {alt !== "" && <bdi>{`${alt.slice(0, 300)} · `}</bdi>}
      {`${names[kind]} at `}
      <bdi>{url.host || url.href}</bdi>
      {", not loaded. "}
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow" title={url.href}>
        Open it there
      </a>
    </span>
  );
}
