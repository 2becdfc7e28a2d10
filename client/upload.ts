import type { BucketUpload } from "../src/protocol/buckets.ts";
import { apiPath, type Connection, toParleyError } from "./connection.ts";
import { sendByBrowser } from "./upload-browser.ts";
import { sendAsStream } from "./upload-stream.ts";

/** A file, a blob that the server gives a name by its type, or a blob with a name. Of a path its last step counts. */
export type UploadFile = Blob | { readonly name: string; readonly blob: Blob };

/** How much of the files is on its way, in bytes. What the server then makes of them takes its own time. */
export interface UploadProgress {
  readonly loaded: number;
  readonly total: number;
}

export interface UploadOptions {
  /** Called as the files leave, and at last with all of them. */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** Aborting it ends the upload, of which nothing is kept, and throws `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Has what is said in recordings written down: a language, such as `en`, or `auto`. */
  readonly recognitionLanguage?: string | undefined;
}

/** One file of an upload, under the name that it is sent with. */
export interface NamedBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** What is sent, and where to. */
export interface Upload {
  /** Of the server's. */
  readonly path: string;
  /** Beside those of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly files: readonly NamedBlob[];
  readonly onProgress: (loaded: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Adds files to a bucket; see `client.upload`. Browsers tell how far an upload is only by XMLHttpRequest; whoever has none
 * sends a stream, and counts what is taken from it.
 *
 * @throws {ParleyError}
 */
export async function uploadFiles(
  connection: Connection,
  bucketId: string,
  given: UploadFile | Iterable<UploadFile>,
  { onProgress, signal, recognitionLanguage }: UploadOptions = {},
): Promise<BucketUpload> {
  const files = [...(Symbol.iterator in given ? given : [given])].map(toNamed);
  const total = files.reduce((sum, { blob }) => sum + blob.size, 0);
  try {
    signal?.throwIfAborted();
    const upload: Upload = {
      path: `${apiPath}/files/${encodeURIComponent(bucketId)}`,
      headers: recognitionLanguage === undefined ? {} : { "x-recognition-language": recognitionLanguage },
      files,
      // What a browser counts has the form around the files in it.
      onProgress: (loaded) => onProgress?.({ loaded: Math.min(loaded, total), total }),
      signal,
    };
    const send = typeof XMLHttpRequest === "undefined" ? sendAsStream : sendByBrowser;
    const response = await send(connection, upload);
    // The server's own.
    return (await response.json()) as BucketUpload;
  } catch (thrown) {
    throw toParleyError(thrown, signal);
  }
}

function toNamed(file: UploadFile): NamedBlob {
  const blob = file instanceof Blob ? file : file.blob;
  const name = "name" in file && typeof file.name === "string" ? file.name : "blob";
  return { name: name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1) || "blob", blob };
}
