/**
 * Takes a body and writes it to a file as it is, in a process of its own, answers when that is on disk, and removes it:
 * what an upload is held against. Argument: a folder.
 */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";

const path = join(Bun.argv[2] ?? "", "plain");

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  maxRequestBodySize: 2 ** 40,
  async fetch(request, server) {
    server.timeout(request, 0);
    await using file = await open(path, "w");
    for await (const piece of request.body ?? []) await file.write(piece);
    await file.sync();
    await rm(path);
    return new Response();
  },
});
process.stdout.write(`${server.port}\n`);
