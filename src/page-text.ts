import { rm } from "node:fs/promises";
import type { Converter } from "./files/convert.ts";
import { extensionOf } from "./lib/extension.ts";
import { createSemaphore } from "./lib/semaphore.ts";
import { toShownHost } from "./lib/web-address.ts";
import { ApiError } from "./protocol/errors.ts";
import type { ReadPageText } from "./search/page-text.ts";
import { toShownTitle } from "./search/shown-text.ts";
import type { Scratch } from "./store/scratch.ts";

export interface ReadPageTextParts {
  readonly converter: Converter;
  readonly scratch: Scratch;
}

/** Pages are read where uploads are: in the converter's processes, which may break over them. */
export function createReadPageText({ converter, scratch }: ReadPageTextParts): ReadPageText {
  const largeOnes = createSemaphore(1);
  return async ({ bytes, url, type, charset }, signal) => {
    const refuse = (reason: string) =>
      new ApiError("fetch_failed", `what ${toShownHost(url)} sends cannot be read: ${reason}`);
    if (/^(image|audio|video|font)\//.test(type)) throw refuse("it has no text");
    if (bytes.length === 0) throw refuse("it is empty");
    const { path } = await scratch.write([bytes]);
    const loose = [path];
    let leave: (() => void) | undefined;
    try {
      if (bytes.length > largeBytes) leave = await largeOnes.enter(signal);
      const page = { url: url.href, ...(charset !== undefined && { charset }) };
      const [outcome] = await converter.convert({ path, name: nameFor(type), page }, scratch.folder, signal);
      if (outcome?.kind === "document") loose.push(outcome.path);
      // What is said after it advises those who upload.
      if (outcome?.kind === "skipped") throw refuse(outcome.reason.replace(/;.*/s, ""));
      if (outcome?.kind !== "document") throw refuse("it has no text");
      const { title = "", canonical } = outcome;
      return { title: toShownTitle(title), text: await readBeginning(outcome.path), canonical };
    } finally {
      leave?.();
      await Promise.all(loose.map((each) => rm(each, { force: true })));
    }
  };
}

/**
 * Larger ones are read one after the other, so that there is always a process for those that take a moment: a search that
 * finds eight which take long would keep everybody from reading. Arbitrary.
 */
const largeBytes = 512 * 1024;

/** Arbitrary, in characters, of which none is more than three bytes. */
const maxLength = 200_000;

/** Texts of 16 MB, read whole, hold everybody up for a tenth of a second. */
async function readBeginning(path: string): Promise<string> {
  const text = await Bun.file(path)
    .slice(0, maxLength * 4)
    .text();
  return text.slice(0, maxLength).toWellFormed();
}

/** What the host says that it is decides where the bytes leave it open, as an extension does of an upload. */
function nameFor(type: string): string {
  return `page.${type === "application/xhtml+xml" ? "xhtml" : extensionOf(type)}`;
}
