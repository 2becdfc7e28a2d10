import type { Database } from "bun:sqlite";
import { serveThread } from "../lib/thread.ts";
import { cacheMigrations, type CacheEntries, openCacheEntries } from "./cache-entries.ts";
import { isDamage } from "../protocol/disk-failure.ts";
import { isNewer, openDatabase, removeDatabase } from "./database.ts";

/** The thread of `cache.ts`, and never started otherwise. */

export type CacheOp =
  | { readonly op: "open"; readonly path: string; readonly maxBytes: number }
  | { readonly op: "find"; readonly digest: Uint8Array; readonly now: number }
  | { readonly op: "put"; readonly digest: Uint8Array; readonly value: string; readonly expiresAt: number }
  | { readonly op: "remove"; readonly moment: number }
  | { readonly op: "close" };

/** The value that was found, or how many were removed. */
export type CacheAnswer = string | number | undefined;

let place: { readonly path: string; readonly maxBytes: number } | undefined;
let database: Database | undefined;
let entries: CacheEntries | undefined;

serveThread(obey);

function obey(asked: CacheOp): CacheAnswer {
  if (asked.op === "open") place = asked;
  if (asked.op === "close") {
    // A thread that ends with its file open may leave it locked.
    close();
    place = undefined;
    return undefined;
  }
  try {
    return use((entries ??= open()), asked);
  } catch (thrown) {
    if (!place || (!isDamage(thrown) && !isNewer(thrown))) throw thrown;
    // It begins anew: what it held can be had again.
    close();
    removeDatabase(place.path);
    return use((entries = open()), asked);
  }
}

function use({ find, put, removeBefore }: CacheEntries, asked: CacheOp): CacheAnswer {
  if (asked.op === "find") return find(asked.digest, asked.now);
  if (asked.op === "put") put(asked.digest, asked.value, asked.expiresAt);
  return asked.op === "remove" ? removeBefore(asked.moment) : undefined;
}

function open(): CacheEntries {
  if (!place) throw new Error("the cache is not open");
  database = openDatabase(place.path, { migrations: cacheMigrations, shrinks: true, synchronous: "NORMAL" });
  return openCacheEntries(database, place.maxBytes);
}

function close(): void {
  database?.close();
  database = undefined;
  entries = undefined;
}
