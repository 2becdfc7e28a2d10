import { type Static, Type } from "@sinclair/typebox";
import { parseJson } from "../lib/json.ts";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import { blobFolders, databaseName, secretKey } from "../store/layout.ts";
import { BackupError } from "./error.ts";

const Count = Type.Integer({ minimum: 0 });

/**
 * The last member of a backup, which says what the others are. A backup is a plain tar: `parley.db`, `secret.key` where
 * there is one, the files that rows name, under their generated names, and `manifest.json`.
 */
export const Manifest = Type.Object({
  format: Type.Literal("parley-backup"),
  format_version: Type.Literal(1),
  /** The program that wrote it. */
  parley: Type.String(),
  /** The version of `parley.db`: older ones are brought up to date when they are opened. */
  database_version: Count,
  created_at: Type.String(),
  /** How many rows each table has. */
  rows: Type.Record(Type.String(), Count),
  files: Type.Array(
    Type.Object({ name: Type.String(), bytes: Count, sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }),
  ),
  /** Files that rows name and that were gone before the backup was made. */
  lost: Type.Array(Type.String()),
});
export type Manifest = Static<typeof Manifest>;

export const manifestName = "manifest.json";

/** All that a backup holds beside its manifest. Names are ours, so one that is none of these was made by somebody else. */
export function isMemberName(name: string): boolean {
  if (name === databaseName || name === secretKey) return true;
  const [folder, blob = "", ...more] = name.split("/");
  return more.length === 0 && blobFolders.some((each) => each.folder === folder && each.names.test(blob));
}

const check = createCheck(Manifest);

/** @throws {BackupError} that says what is wrong with it */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new BackupError(`${manifestName} is no JSON`);
  }
  if (!check.Check(value)) throw new BackupError(explainMismatch(check, value, manifestName));
  return value;
}
