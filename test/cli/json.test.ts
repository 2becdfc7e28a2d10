import { afterAll, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { Type } from "@sinclair/typebox";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelSummary, ProviderInfo } from "../../src/protocol/models.ts";
import { Decision } from "../../src/protocol/trace.ts";
import { fromSource, runCommand } from "../support/command.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-json-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** The document that a command prints, and nothing else. */
async function read(...args: string[]) {
  const { code, out, error } = await runCommand(fromSource, [...args, "--json"], {
    cwd,
    env: { PARLEY_DISCOVERY: "false" },
  });
  expect([args, code, error]).toEqual([args, 0, ""]);
  return JSON.parse(out);
}

test("what the server answers too has the shape of the contract", async () => {
  expect([...Value.Errors(Type.Array(ModelSummary), await read("models"))]).toEqual([]);
  expect([...Value.Errors(Type.Array(ProviderInfo), await read("providers"))]).toEqual([]);
  expect([...Value.Errors(Decision, await read("route", "explain"))]).toEqual([]);
  expect(Object.keys(await read("usage"))).toEqual(["days", "models", "providers", "users", "totals"]);
});

test("keys, backups, exports and what is taken in are documents as well", async () => {
  const { key, ...row } = await read("keys", "create", "ann", "--role", "admin", "--expires", "1");
  expect(key).toMatch(/^pk_[\w-]{43}$/);
  expect(row).toMatchObject({ name: "ann", owner: "ann", role: "admin", state: "usable" });
  expect(row.digest).toBeUndefined();
  expect(await read("keys", "list")).toEqual([{ ...row, tokens_today: 0, cost_today: 0 }]);
  expect(await read("keys", "revoke", "ann")).toMatchObject({ id: row.id, state: "revoked" });
  const backup = await read("backup", "all.tar");
  expect(backup).toMatchObject({ file: "all.tar", rows: { access_keys: 1 }, lost: [] });
  const { file: _, ...summary } = backup;
  const restored = await read("restore", "all.tar", "--data-dir", "other");
  expect(restored).toEqual({ ...summary, directory: "other", aside: null });
  expect(JSON.stringify([backup, restored])).not.toContain(key);
  const { code, out } = await runCommand(fromSource, ["export", "all.jsonl", "--json"], { cwd });
  expect([code, JSON.parse(out)]).toMatchObject([0, { file: "all.jsonl", owner: "local", counts: { chats: 0 } }]);
  expect(await read("import", "all.jsonl")).toMatchObject({ counts: { chats: 0 }, skipped: [], is_whole: true });
});
