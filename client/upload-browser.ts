import type { Connection } from "./connection.ts";
import { refusalFrom } from "./refusal.ts";
import type { Upload } from "./upload.ts";

/** By XMLHttpRequest, which reads files from the disk as it sends them. @throws {ParleyError} what the server refuses with */
export async function sendByBrowser(
  connection: Connection,
  { path, headers, files, onProgress, signal }: Upload,
): Promise<Response> {
  const sent = { ...(await connection.headers()), ...headers };
  const form = new FormData();
  for (const { name, blob } of files) form.append("files", blob, name);
  const response = await new Promise<Response>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", connection.base + path);
    for (const [name, value] of Object.entries(sent)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
    request.addEventListener("load", () => resolve(toResponse(request)));
    request.addEventListener("error", () => reject(new TypeError("the upload broke off")));
    request.addEventListener("abort", () => reject(signal?.reason));
    request.addEventListener("loadend", () => signal?.removeEventListener("abort", abort));
    signal?.addEventListener("abort", abort);
    request.send(form);
    // The key was waited for meanwhile.
    if (signal?.aborted) abort();
  });
  if (!response.ok) throw refusalFrom(response, await response.text());
  return response;
}

function toResponse(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["x-request-id", "retry-after"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}
