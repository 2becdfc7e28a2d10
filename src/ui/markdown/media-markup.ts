/** The one HTML of an answer that is read: how the contract writes media, to the letter. Anything else stays text. */
export interface MediaMarkup {
  readonly raw: string;
  readonly kind: "image" | "video" | "audio";
  readonly address: string;
  /** A smaller form of a picture. */
  readonly thumbnail: string;
  readonly alt: string;
  /** Of what is shown, in pixels, where that is known. */
  readonly width: number | undefined;
  readonly height: number | undefined;
}

const address = '[^"<>\\s]{1,2000}';
const image = new RegExp(
  `^<a href="(${address})"(?: data-width="\\d{1,6}" data-height="\\d{1,6}")?>` +
    `<img src="(${address})" alt="([^"<>]{0,8000})"(?: width="(\\d{1,5})" height="(\\d{1,5})")?></a>`,
);
const player = new RegExp(
  `^<(?:(video) src="(${address})" controls></video>|(audio) controls src="(${address})"></audio>)`,
);

/** At the beginning of a text. */
export function parseMedia(text: string): MediaMarkup | undefined {
  const picture = image.exec(text);
  if (picture) {
    const [raw, whole = "", small = "", alt = "", width, height] = picture;
    return {
      raw,
      kind: "image",
      address: unescape(whole),
      thumbnail: unescape(small),
      alt: unescape(alt),
      width: toNumber(width),
      height: toNumber(height),
    };
  }
  const [raw, video, film, , sound] = player.exec(text) ?? [];
  const source = film ?? sound;
  if (raw === undefined || source === undefined) return undefined;
  const found = { raw, address: unescape(source), thumbnail: "", alt: "", width: undefined, height: undefined };
  return { ...found, kind: video === undefined ? "audio" : "video" };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** As the server escapes it, back. */
function unescape(text: string): string {
  const signs: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (whole, name: string) => signs[name] ?? whole);
}
