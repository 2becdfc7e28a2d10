import { within } from "../lib/deadline.ts";
import { openThread } from "../lib/thread.ts";
import { ApiError } from "../protocol/errors.ts";
import type { NewCookies } from "../store/cookies.ts";
import type { CookieFile, ParsedCookies } from "./cookie-worker.ts";

/** No file within the limits takes a tenth of it. */
const patienceMs = 20_000;

/** The cookies of a file, by their domains. @throws {ApiError} `invalid_request` that says what is wrong, and where */
export async function readCookieFile(file: CookieFile): Promise<readonly NewCookies[]> {
  const thread = openThread<CookieFile, ParsedCookies>(new URL("./cookie-worker.ts", import.meta.url));
  try {
    const parsed = (await within(thread.ask(file), patienceMs)) ?? { problem: "it takes too long to read" };
    if ("rows" in parsed) return parsed.rows;
    throw new ApiError("invalid_request", `the file of cookies cannot be used: ${parsed.problem}`);
  } finally {
    thread.end(new Error("the file of cookies was given up"));
  }
}
