import { within } from "../lib/deadline.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Cookie } from "./cookie.ts";
import type { CookieFile, ParsedCookies } from "./cookie-worker.ts";

/** No file within the limits takes a tenth of it. */
const patienceMs = 20_000;

/** The cookies of a file, by their domains. @throws {ApiError} `invalid_request` that says what is wrong, and where */
export async function readCookieFile(file: CookieFile): Promise<ReadonlyMap<string, readonly Cookie[]>> {
  const worker = new Worker(new URL("./cookie-worker.ts", import.meta.url).href, { ref: false });
  try {
    const { promise, resolve, reject } = Promise.withResolvers<ParsedCookies>();
    worker.addEventListener("message", ({ data }: MessageEvent<ParsedCookies>) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    worker.postMessage(file);
    const parsed = (await within(promise, patienceMs)) ?? { problem: "it takes too long to read" };
    if ("domains" in parsed) return parsed.domains;
    throw new ApiError("invalid_request", `the file of cookies cannot be used: ${parsed.problem}`);
  } finally {
    worker.terminate();
  }
}
