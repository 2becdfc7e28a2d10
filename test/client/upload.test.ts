import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UploadProgress } from "../../client/index.ts";
import { failureOf, withClient } from "../support/client.ts";

const withServer = (use: Parameters<typeof withClient>[2], flags: Record<string, string> = {}) =>
  withClient(() => [], { app: { flags } }, use);

describe("an upload", () => {
  test("takes a file, a blob, a blob with a name, or several, whatever they are called", () =>
    withServer(async ({ client, app }) => {
      const one = await client.upload("one", new File(["# Hi"], 'Grüße "1".md', { type: "text/markdown" }));
      expect(one).toEqual({ bucket_id: "one", files: ["Grüße_1.md"], media: [], skipped: [] });
      const some = await client.upload("some of them", [
        new Blob(["plain"], { type: "text/plain" }),
        { name: "folder/notes.txt", blob: new Blob(["named"]) },
      ]);
      expect(some.files).toEqual(["file.txt", "notes.txt"]);
      const text = await (await app.get("/backend-api/v2/files/one")).text();
      expect(text).toContain("# Hi");
    }));

  test("tells how far it is, up to all of it, and reads a file as it is taken", () =>
    withServer(async ({ client, app }) => {
      const folder = mkdtempSync(join(tmpdir(), "parley-upload-"));
      const line = "A line of a long document, which goes on and on.\n";
      const text = line.repeat(60_000);
      await Bun.write(join(folder, "long.txt"), text);
      const seen: UploadProgress[] = [];
      const files = [Bun.file(join(folder, "long.txt")), new File(["short"], "short.txt")];
      const kept = await client.upload("b", files, { onProgress: (progress) => seen.push(progress) });
      rmSync(folder, { recursive: true });
      expect(kept.files).toEqual(["long.txt", "short.txt"]);
      const total = text.length + "short".length;
      expect(seen.at(-1)).toEqual({ loaded: total, total });
      expect(seen.length).toBeGreaterThan(5);
      expect(seen.map(({ loaded }) => loaded)).toEqual(seen.map(({ loaded }) => loaded).sort((a, b) => a - b));
      expect(await (await app.get("/backend-api/v2/files/b")).text()).toContain(text.slice(-1000));
    }));

  test("that is given up throws cancelled, and leaves nothing behind", () =>
    withServer(async ({ client, app }) => {
      const controller = new AbortController();
      const big = new Blob(Array.from({ length: 64 }, () => new Uint8Array(1024 * 1024)));
      const onProgress = () => controller.abort(new Error("enough"));
      const failure = await failureOf(client.upload("b", big, { onProgress, signal: controller.signal }));
      expect(failure).toMatchObject({ code: "cancelled" });
      expect((await app.get("/backend-api/v2/files/b")).status).toBe(404);
      const before = client.upload("b", big, { signal: AbortSignal.abort() });
      expect(await failureOf(before)).toMatchObject({ code: "cancelled" });
    }));

  test("that is too large, or of nothing, is refused with the reason", () =>
    withServer(
      async ({ client }) => {
        const big = new Blob([new Uint8Array(4 * 1024 * 1024)]);
        expect(await failureOf(client.upload("b", big))).toMatchObject({ code: "body_too_large", status: 413 });
        expect(await failureOf(client.upload("b", []))).toMatchObject({ code: "invalid_request", status: 400 });
        expect(
          await failureOf(client.upload("b", new File(["x"], "x.txt"), { recognitionLanguage: "?" })),
        ).toMatchObject({ code: "invalid_request", status: 400 });
      },
      { max_upload: String(1024 * 1024) },
    ));
});
