import { Download } from "lucide-react";
import { useState } from "react";
import { Dialog } from "../parts/dialog.tsx";

export interface OwnPictureProps {
  readonly address: string;
  readonly thumbnail: string;
  /** What it shows: often what was asked for. */
  readonly alt: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Opens large, with what was asked for. */
export function OwnPicture({ address, thumbnail, alt, width, height }: OwnPictureProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="markdown-picture" title="Open large" onClick={() => setOpen(true)}>
        <img src={thumbnail} alt={alt || "Picture"} width={width} height={height} loading="lazy" decoding="async" />
      </button>
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title="Picture" isWide>
        <img className="markdown-picture-large" src={address} alt={alt || "Picture"} />
        {alt !== "" && (
          <p className="markdown-picture-words" dir="auto">
            {alt}
          </p>
        )}
        <a
          className="button"
          href={address}
          download={address.startsWith("data:") ? "picture" : ""}
          target="_blank"
          rel="noopener"
        >
          <Download aria-hidden size={16} /> Download
        </a>
      </Dialog>
    </>
  );
}
