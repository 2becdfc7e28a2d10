import type { Manifest } from "../backup/manifest.ts";

/** What a backup holds, for a program. */
export function toBackupSummary({ created_at, parley, database_version, rows, files, lost }: Manifest) {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { created_at, parley, database_version, rows, files: files.length, bytes, lost };
}

/** What a backup holds, for a person. */
export function summaryOf({ created_at, parley, database_version, rows, files, lost }: Manifest): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const counts = Object.entries(rows).filter(([, count]) => count > 0);
  return [
    `Of ${created_at}, by Parley ${parley} (database version ${database_version}): ${files.length} files, ${bytes} bytes.`,
    `Rows: ${counts.map(([table, count]) => `${count} ${table}`).join(", ") || "none"}.`,
    ...(lost.length === 0
      ? []
      : [`${lost.length} files were gone before: ${lost.slice(0, 3).join(", ")}${lost.length > 3 ? ", …" : ""}`]),
  ].join("\n");
}
