/** What Elysia's `wrap` gives and takes: the whole application, whose type it does not know. */
export type Handle = (...args: unknown[]) => unknown;

/** A GET of which the head alone is wanted: who pays for an answer need not make it. */
export class AskedByHead extends Request {
  /** What came: its connection is known by it alone. */
  constructor(readonly original: Request) {
    super(original, { method: "GET" });
  }
}

/** What comes without its length and is no stream: it is short, and counted. */
const documents = /^(application\/json|text\/(html|css|javascript)|image\/svg)/;

/**
 * Answers HEAD with what GET would, but for the body and for ranges (RFC 9110 §§9.3.2, 14.2). Elysia would read the body
 * through to learn its length: a large file's costs as much as the file, and a stream's comes with its end.
 */
export function answeringHead(handle: Handle): (request: Request) => Promise<Response> {
  return async (request) => {
    const asked = new AskedByHead(request);
    asked.headers.delete("range");
    const response = (await handle(asked)) as Response;
    const { status, headers, body } = response;
    if (body && !headers.has("content-length")) {
      if (documents.test(headers.get("content-type") ?? ""))
        headers.set("content-length", String((await response.arrayBuffer()).byteLength));
      else headers.set("transfer-encoding", "chunked");
    }
    if (!response.bodyUsed) await body?.cancel();
    return new Response(null, { status, headers });
  };
}
