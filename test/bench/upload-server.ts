/**
 * Takes uploads, in a process of its own, and answers when they are on disk: `/form` reads a form and adopts its files as
 * Parley does; `/plain` writes the body to a file as it is, and does nothing else. What was written is removed. Argument: a
 * folder.
 */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { readForm } from "../../src/http/form.ts";
import { openBlobs } from "../../src/store/blobs.ts";

const folder = Bun.argv[2] ?? "";
const { receive, adopt, remove } = openBlobs(folder);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  maxRequestBodySize: 2 ** 40,
  async fetch(request, server) {
    server.timeout(request, 0);
    if (new URL(request.url).pathname === "/form") {
      await using form = await readForm(request, { receive, maxBytes: 2 ** 40, maxFieldBytes: 1024 });
      for (const { path, hash } of form.files) await adopt(path, hash);
      for (const { hash } of form.files) await remove(hash);
      return Response.json(form.files.map(({ bytes, hash }) => ({ bytes, hash })));
    }
    const path = join(folder, "plain");
    let written = 0;
    await using file = await open(path, "w");
    for await (const piece of request.body ?? []) {
      await file.write(piece);
      written += piece.byteLength;
    }
    await file.sync();
    await rm(path);
    return Response.json([{ bytes: written }]);
  },
});
process.stdout.write(`${server.port}\n`);
