import { readFileSync } from "node:fs";
import { serveThread } from "../lib/thread.ts";
import type { NewCookies } from "../store/cookies.ts";
import { CookieFileError } from "./cookie.ts";
import { parseCookieFile } from "./parse.ts";
import { toRow } from "./row.ts";

/** Reads one file of cookies beside the event loop: a HAR of 16 MB takes a tenth of a second. Started by `jar.ts` alone. */

export interface CookieFile {
  readonly path: string;
  readonly now: number;
}

/** As rows: sixty thousand cookies, each an object, would take the event loop a tenth of a second to receive. */
export type ParsedCookies = { readonly rows: readonly NewCookies[] } | { readonly problem: string };

serveThread(parse);

function parse({ path, now }: CookieFile): ParsedCookies {
  try {
    const domains = [...parseCookieFile(readFileSync(path), now)];
    return { rows: domains.map(([domain, cookies]) => toRow(domain, cookies, now)) };
  } catch (thrown) {
    if (thrown instanceof CookieFileError) return { problem: thrown.message };
    throw thrown;
  }
}
