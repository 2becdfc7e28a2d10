import { readFileSync } from "node:fs";
import { serveThread } from "../lib/thread.ts";
import { type Cookie, CookieFileError } from "./cookie.ts";
import { parseCookieFile } from "./parse.ts";

/** Reads one file of cookies beside the event loop: a HAR of 16 MB takes a tenth of a second. Started by `jar.ts` alone. */

export interface CookieFile {
  readonly path: string;
  readonly now: number;
}

export type ParsedCookies = { readonly domains: Map<string, Cookie[]> } | { readonly problem: string };

serveThread(parse);

function parse({ path, now }: CookieFile): ParsedCookies {
  try {
    return { domains: parseCookieFile(readFileSync(path), now) };
  } catch (thrown) {
    if (thrown instanceof CookieFileError) return { problem: thrown.message };
    throw thrown;
  }
}
