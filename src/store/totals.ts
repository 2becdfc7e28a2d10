import type { Database } from "bun:sqlite";

/**
 * How many bytes a table's rows take, or their files: to sum up a hundred thousand rows takes longer than others may be kept
 * waiting. Triggers keep count (`migrations.ts`), in the transaction of whatever adds or removes a row, but for the files
 * that buckets get, which `buckets.ts` counts itself.
 */
export function openTotal(
  database: Database,
  table: "media" | "thumbnails" | "bucket_files" | "client_log" | "claims" | "cache_entries" | "responses",
): () => number {
  const find = database.query<{ bytes: number }, [string]>("SELECT bytes FROM totals WHERE name = ?");
  return () => find.get(table)?.bytes ?? 0;
}
