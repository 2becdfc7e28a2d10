import type { Connection } from "./connection.ts";
import { createToken } from "./token.ts";
import type { NamedBlob, Upload } from "./upload.ts";

/** Most that is held, and how often it is told how far one is. */
const pieceBytes = 256 * 1024;

/** As a form that is written while it is sent, so that no file is held in memory. */
export function sendAsStream(
  connection: Connection,
  { path, headers, files, onProgress, signal }: Upload,
): Promise<Response> {
  const boundary = `parley-${createToken()}`;
  const init = {
    method: "POST",
    headers: { ...headers, "content-type": `multipart/form-data; boundary=${boundary}` },
    body: toStream(writeForm(files, boundary, onProgress)),
    signal: signal ?? null,
    // Node asks for it: the answer comes after the whole body.
    duplex: "half",
    // A stream cannot be sent twice; where Node might have to, it keeps all that it has sent (undici clones the request).
    redirect: "error" as const,
  };
  return connection.request(path, init);
}

async function* writeForm(
  files: readonly NamedBlob[],
  boundary: string,
  onProgress: (loaded: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let loaded = 0;
  for (const { name, blob } of files) {
    const type = blob.type || "application/octet-stream";
    const disposition = `form-data; name="files"; filename="${escapeName(name)}"`;
    yield encoder.encode(`--${boundary}\r\ncontent-disposition: ${disposition}\r\ncontent-type: ${type}\r\n\r\n`);
    // A blob's own stream gives as one piece what lies in memory, and nobody would see how far it is.
    for (let at = 0; at < blob.size; at += pieceBytes) {
      const piece = new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer());
      yield piece;
      loaded += piece.byteLength;
      onProgress(loaded);
    }
    yield encoder.encode("\r\n");
  }
  yield encoder.encode(`--${boundary}--\r\n`);
}

/** As browsers write it: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escapeName(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

/** Each piece is asked for when the one before has been taken. */
function toStream(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
