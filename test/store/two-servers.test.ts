import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDamage } from "../../src/store/snapshot.ts";
import { openApp } from "../support/app.ts";
import { keptKinds } from "../support/kept-writes.ts";

const writes = 12;

test("two servers on one directory lose nothing, double nothing, and see what the other has written", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-two-"));
  const data = join(cwd, "data");
  {
    await using one = await openApp({ flags: { data_dir: data } });
    await using other = await openApp({ flags: { data_dir: data } });
    const servers = [one, other];
    await Promise.all(
      keptKinds.flatMap((kind) =>
        servers.map(async ({ origin }, index) => {
          const writer = `${kind.name}${index}`;
          await kind.prepare?.(origin, writer);
          for (let n = 0; n < writes; n++) {
            const answer = await kind.write(origin, writer, n);
            expect([kind.name, answer.status, (await answer.text()).slice(0, 0)]).toEqual([
              kind.name,
              answer.ok ? answer.status : 200,
              "",
            ]);
          }
        }),
      ),
    );
    for (const kind of keptKinds)
      for (const [index] of servers.entries()) {
        const kept = await kind.read(servers[1 - index]!.origin, `${kind.name}${index}`);
        const numbers = kept.map(({ n }) => n).sort((a, b) => a - b);
        const all = Array.from({ length: writes }, (_, n) => n);
        expect([kind.name, numbers]).toEqual([kind.name, kind.keeps === "all" ? all : all.slice(-1)]);
      }
    // One key, at both at once.
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "one" },
      body: '{"id":"once"}',
    };
    const answers = await Promise.all(
      [...servers, ...servers, ...servers].map(({ get }) => get("/backend-api/v2/log", init)),
    );
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const { entries } = await (await one.get("/backend-api/v2/log?limit=1000")).json();
    expect(entries.filter(({ id }: { id: string }) => id === "once")).toHaveLength(1);
  }
  expect(findDamage(join(data, "parley.db"))).toEqual([]);
  rmSync(cwd, { recursive: true });
});
