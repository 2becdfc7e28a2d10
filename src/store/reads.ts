import type { Database } from "bun:sqlite";
import { readBucketList } from "./bucket-list.ts";
import { readMediaList } from "./media-list.ts";
import { readMemoryUserList } from "./memory-user-list.ts";
import { readMessagesBelow } from "./messages-below.ts";
import { readUsagePage, readUsageTotals } from "./usage-reads.ts";
import { readMemoryList } from "./memory-list.ts";
import { readMemorySearch } from "./memory-search.ts";
import { readUnreadMemories } from "./memory-unread.ts";
import { readClientLog } from "./client-log.ts";
import { isDamage } from "../protocol/disk-failure.ts";

/**
 * What is read beside the event loop, since it may take longer than others can wait: each is given the database, which it
 * can only read, prepares its statements once, and answers what it is asked. To add one, add its line; what goes in and
 * comes out must survive being posted to a thread.
 */
export const reads = {
  damage: readDamage,
  messagesBelow: readMessagesBelow,
  mediaList: readMediaList,
  bucketList: readBucketList,
  memoryUserList: readMemoryUserList,
  usagePage: readUsagePage,
  usageTotals: readUsageTotals,
  memoryList: readMemoryList,
  memorySearch: readMemorySearch,
  unreadMemories: readUnreadMemories,
  clientLog: readClientLog,
} as const satisfies Record<string, (database: Database) => (asked: never) => unknown>;

export type ReadName = keyof typeof reads;
type Read<Name extends ReadName> = ReturnType<(typeof reads)[Name]>;
export type Asked<Name extends ReadName> = Parameters<Read<Name>>[0];
export type Answer<Name extends ReadName> = ReturnType<Read<Name>>;

/** What SQLite finds wrong with the file, in its words: nothing where it is whole. */
function readDamage(database: Database): (asked: undefined) => string[] {
  const check = database.query<{ quick_check: string }, []>("PRAGMA quick_check");
  return () => {
    try {
      return check.all().flatMap(({ quick_check: found }) => (found === "ok" ? [] : [found]));
    } catch (thrown) {
      // Some damage it does not list: it stumbles over it.
      if (isDamage(thrown)) return [thrown.message];
      throw thrown;
    }
  };
}
