import { type Attachment, isUnsettled } from "./attachment.ts";

/** For those who do not see the list. */
export function sayFiles(attachments: readonly Attachment[]): string {
  const sending = attachments.filter(isUnsettled).length;
  const ready = attachments.filter(({ state }) => state === "ready").length;
  if (sending > 0) return sending === 1 ? "Sending a file" : `Sending ${sending} files`;
  return ready === 0 ? "" : `${ready} ${ready === 1 ? "file" : "files"} attached`;
}

/** As they are written one after the other: what was spoken has no space around it. */
export function joinWords(...pieces: readonly string[]): string {
  return pieces
    .filter((piece) => piece !== "")
    .reduce((joined, piece) => {
      const isApart = joined === "" || /\s$/.test(joined) || /^[\s.,;:!?)]/.test(piece);
      return isApart ? joined + piece : `${joined} ${piece}`;
    }, "");
}
