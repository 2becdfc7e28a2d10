import { expect, test } from "bun:test";
import { join } from "node:path";
import { lateFailure } from "../../src/http/failure.ts";
import { createLog } from "../../src/lib/log.ts";

test("a file that is gone by the time it is sent is not found, as JSON, and nobody is alarmed", async () => {
  const logged: string[] = [];
  const log = createLog({ level: "info", secrets: [], pretty: false, write: (line) => void logged.push(line) });
  const server = Bun.serve({
    port: 0,
    error: lateFailure(log),
    fetch: () =>
      new Response(Bun.file(join(import.meta.dir, "none.png")).slice(0, 9), { headers: { "content-length": "9" } }),
  });
  const answer = await fetch(server.url);
  expect([answer.status, await answer.json()]).toEqual([
    404,
    { error: { message: "its file is gone", code: "not_found" } },
  ]);
  expect(answer.headers.get("x-request-id")).toBeString();
  expect(logged).toEqual([]);
  await server.stop(true);
});
