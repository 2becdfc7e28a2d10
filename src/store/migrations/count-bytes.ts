/** What a table's files take in all is counted as its rows come and go. */
export function countBytes(table: string): string {
  const add = (bytes: string) => `BEGIN UPDATE totals SET bytes = bytes + ${bytes} WHERE name = '${table}'; END;`;
  return `INSERT INTO totals SELECT '${table}', coalesce(sum(bytes), 0) FROM ${table};
  CREATE TRIGGER ${table}_added AFTER INSERT ON ${table} ${add("new.bytes")}
  CREATE TRIGGER ${table}_changed AFTER UPDATE OF bytes ON ${table} ${add("new.bytes - old.bytes")}
  CREATE TRIGGER ${table}_removed AFTER DELETE ON ${table} ${add("- old.bytes")}`;
}
