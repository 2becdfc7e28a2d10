import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Form, type FormOptions, readForm } from "../../src/http/form.ts";
import { openBlobs } from "../../src/store/blobs.ts";

export const boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/** Its header lines, and its content. */
export type PartText = readonly [head: string, content: string | Uint8Array];

/** A whole form, byte for byte. */
export function toForm(...parts: readonly PartText[]): Buffer {
  const written = parts.flatMap(([head, content]) => [`--${boundary}\r\n${head}\r\n\r\n`, content, "\r\n"]);
  return Buffer.concat([...written, `--${boundary}--\r\n`].map((each) => Buffer.from(each as string)));
}

export const field = (name: string) => `Content-Disposition: form-data; name="${name}"`;
export const file = (name: string) => `${field("files")}; filename="${name}"\r\nContent-Type: image/png`;

/** What comes as these pieces. */
export function formRequest(
  pieces: readonly (Uint8Array | string)[],
  type = `multipart/form-data; boundary=${boundary}`,
): Request {
  const left = pieces.map((piece) => Buffer.from(piece as string)).filter(({ byteLength }) => byteLength > 0);
  const body = new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
  return new Request("http://localhost/", { method: "POST", body, headers: { "content-type": type } });
}

export interface Uploads extends Disposable {
  readonly write: FormOptions["write"];
  read(request: Request, options?: Partial<FormOptions>): Promise<Form>;
  /** Why it is refused: its status, its code and its message. */
  refusal(request: Request, options?: Partial<FormOptions>): Promise<readonly [number, string, string]>;
  /** How many files lie there. */
  count(): number;
}

/** A folder for the files of forms. */
export function openUploads(): Uploads {
  const folder = mkdtempSync(join(tmpdir(), "parley-form-"));
  const { write } = openBlobs(folder);
  const read: Uploads["read"] = (request, options) =>
    readForm(request, { write, maxBytes: 64 * 1024 * 1024, maxFieldBytes: 1024 * 1024, ...options });
  return {
    write,
    read,
    async refusal(request, options) {
      const { status, reason, message } = await read(request, options).then(
        () => ({ status: 200, reason: "", message: "" }),
        (thrown) => thrown,
      );
      return [status, reason, message];
    },
    count: () => readdirSync(folder).length,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** What a form brought, as it can be compared: of a file its name, type and content. */
export function contentsOf({ fields, files }: Form) {
  return {
    fields: Object.fromEntries(fields),
    files: files.map(({ field, name, type, path }) => ({ field, name, type, content: readFileSync(path, "latin1") })),
  };
}
