import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, startServer } from "../support/command.ts";

const kills = 6;
const uploaders = 4;

/** Uploads one file after the other until the server is gone; gives the names and texts that were acknowledged. */
async function uploadOn(origin: string, bucketId: string, onFirst: () => void): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  for (let count = 0; ; count++) {
    const text = `${bucketId} ${count} ${"x".repeat(count * 100)}`;
    const form = new FormData();
    form.append("files", new File([text], `${bucketId}-${count}.txt`));
    try {
      const answer = await fetch(`${origin}/backend-api/v2/files/${bucketId}`, { method: "POST", body: form });
      const { files } = await answer.json();
      if (answer.status !== 200) throw new Error(`refused with ${answer.status}`);
      acknowledged.set(files[0], text);
      onFirst();
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message.startsWith("refused")) throw thrown;
      return acknowledged;
    }
  }
}

test(`killed ${kills} times in the middle of uploads, the server has every file that it acknowledged, whole`, async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-files-killed-"));
  let server = await startServer(fromSource, { cwd });
  let acknowledgedFiles = 0;
  for (let kill = 0; kill < kills; kill++) {
    const { origin } = server;
    const { promise: isUnderWay, resolve } = Promise.withResolvers<void>();
    const uploading = Array.from({ length: uploaders }, (_, n) => uploadOn(origin, `b${kill}-${n}`, resolve));
    // The first of all waits for a process that converts, as long as the machine needs to start one.
    await Promise.race([isUnderWay, Promise.all(uploading)]);
    await Bun.sleep(Math.random() * 400);
    server.child.kill("SIGKILL");
    await server.child.exited;
    const uploads = await Promise.all(uploading);
    server = await startServer(fromSource, { cwd });
    for (const [n, acknowledged] of uploads.entries()) {
      const read = await fetch(`${server.origin}/backend-api/v2/files/b${kill}-${n}`);
      const text = await read.text();
      for (const [name, content] of acknowledged)
        expect(text).toContain(`<!-- File: ${name} -->\n${content}\n<!-- End -->\n\n`);
      // What was not acknowledged is there whole or not at all.
      if (read.status === 200) expect(text).toMatch(/^(<!-- File: \S+ -->\nb\d+-\d+ \d+ x*\n<!-- End -->\n\n)*$/);
      acknowledgedFiles += acknowledged.size;
    }
  }
  expect(acknowledgedFiles).toBeGreaterThan(kills);
  await server[Symbol.asyncDispose]();
  const folder = join(cwd, "share/parley/files");
  for (const name of readdirSync(folder)) expect(name).toMatch(/^[0-9a-f-]{36}$/);
  rmSync(cwd, { recursive: true, force: true });
}, 300_000);
