import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../support/command.ts";
import { keptKinds } from "../support/kept-writes.ts";
import { hasStrace, straced } from "../support/strace.ts";
import { until } from "../support/until.ts";

const writes = 5;
/** What is read from sockets, what is written to them, and what reaches the disk. */
const calls = "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2";

/** For each request its calls of the system, each as it ended, until the first bytes of its answer. */
function toRequests(trace: string): string[][] {
  const begun = new Map<string, string>();
  const requests: string[][] = [];
  let open: string[] | undefined;
  for (const line of trace.split("\n")) {
    const [, thread = "", call = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (call.endsWith("<unfinished ...>")) begun.set(thread, call.slice(0, -"<unfinished ...>".length));
    // An answer counts from when it is sent, anything else when it is done.
    const isSent = /^(write|writev|sendto|sendmsg)\(.*"HTTP\/1\.1 2/.test(call);
    if (isSent && open) {
      requests.push(open);
      open = undefined;
    }
    if (call.endsWith("<unfinished ...>")) continue;
    const whole = call
      .replace(/^<\.\.\. \w+ resumed>/, () => begun.get(thread) ?? "")
      // As it is where nothing came between.
      .replace(/ *\) += /, ") = ");
    if (/^(read|readv|recvfrom|recvmsg)\(.*"POST /.test(whole)) open = [];
    else open?.push(whole);
  }
  return requests;
}

const isSynced = (path: string) => (call: string) =>
  /^f(data)?sync\(/.test(call) && call.includes(`${path}>`) && call.endsWith("= 0");

for (const kind of keptKinds) {
  test.skipIf(!hasStrace)(
    `what goes into ${kind.name} is on the disk before the first byte of a 2xx is sent`,
    async () => {
      const cwd = mkdtempSync(join(tmpdir(), "parley-synced-"));
      const trace = join(cwd, "trace");
      {
        // Detached, it is no parent of the server, which is killed as ever.
        await using server = await startServer(straced("-D", "-y", "-s", "64", "-o", trace, "-e", calls), { cwd });
        await kind.prepare?.(server.origin, "w");
        for (let n = 0; n < writes; n++) {
          const answer = await kind.write(server.origin, "w", n);
          expect(answer.ok).toBe(true);
          await answer.text();
        }
        // It is written by another process, which may be behind.
        await until(() => toRequests(readFileSync(trace, "utf8")).length >= writes + (kind.prepare ? 1 : 0));
      }
      const requests = toRequests(readFileSync(trace, "utf8")).slice(kind.prepare ? 1 : 0);
      expect(requests).toHaveLength(writes);
      for (const made of requests) {
        const steps = [made.findLastIndex(isSynced("/parley.db-wal"))];
        // The bytes of a file, then its name, then the row that names it.
        if (kind.folder !== undefined) {
          const named = made.findIndex((call) => call.startsWith("rename") && call.includes(`/${kind.folder}/`));
          steps.unshift(
            made.findIndex((call) => /^fsync\(\d+<[^>]*\/parley\/\w+\/[^>]+>\) = 0$/.test(call)),
            named,
            made.findIndex((call, at) => at > named && isSynced(`/parley/${kind.folder}`)(call)),
          );
        }
        expect([made, steps.includes(-1), steps]).toEqual([made, false, steps.toSorted((a, b) => a - b)]);
      }
      rmSync(cwd, { recursive: true, force: true });
    },
  );
}
