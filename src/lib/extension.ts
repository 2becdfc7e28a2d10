/** Where the second half of a type is no usual extension. */
const unusual: Readonly<Record<string, string>> = {
  "application/gzip": "gz",
  "application/octet-stream": "bin",
  "application/javascript": "js",
  "application/ogg": "ogg",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "audio/vnd.wave": "wav",
  "image/jpeg": "jpg",
  "message/rfc822": "eml",
  "text/javascript": "js",
  "text/markdown": "md",
  "text/plain": "txt",
  "video/quicktime": "mov",
  "video/matroska": "mkv",
  "video/x-matroska": "mkv",
  "video/x-msvideo": "avi",
};

/** The extension that files of a media type usually have, without its dot; `bin` for none. */
export function extensionOf(type: string): string {
  const plain = type.split(";")[0]?.trim().toLowerCase() ?? "";
  const half = plain
    .split("/")[1]
    ?.replace(/^x-/, "")
    .replace(/^[\w.-]+\+/, "");
  return unusual[plain] ?? (half && /^[a-z0-9]{1,10}$/.test(half) ? half : "bin");
}
