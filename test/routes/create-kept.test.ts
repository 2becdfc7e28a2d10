import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayMs } from "../../src/lib/clock.ts";
import { endedBy, openCreate, refusalOf } from "../support/create.ts";
import { makeKey } from "../support/keys.ts";
import { pngOf } from "../support/pictures.ts";
import { answer, openaiText, type Script } from "../support/scripted-upstream.ts";

const directory = mkdtempSync(join(tmpdir(), "parley-kept-"));
afterAll(() => rmSync(directory, { recursive: true }));

const counting: Script = (_, count) => openaiText(`answer ${count}\n`, "```js\n1\n```");

describe("a kept answer", () => {
  test("is given again for the same text, model, provider and prompt, whatever is wanted of it", async () => {
    await using work = await openCreate(counting);
    const ask = async (query: Record<string, string> = {}) => {
      const response = await work.get({ cache: "mine", ...query });
      return [response.headers.get("x-cache"), (await response.text()).split("\n")[0]];
    };
    expect(await ask()).toEqual(["miss", "answer 1"]);
    const again = await work.get({ cache: "mine" });
    expect(Object.fromEntries(again.headers)).toMatchObject({ "x-cache": "hit", "x-provider": "A", "x-model": "m" });
    expect(again.headers.get("x-run-id")).toBeNull();
    expect(await ask({ filter_markdown: "js" })).toEqual(["hit", "1"]);
    const others: Record<string, string>[] = [
      { cache: "other" },
      { prompt: "Bye" },
      { provider: "A" },
      { model: "" },
      { web_search: "news" },
    ];
    for (const other of others) expect((await ask(other))[0]).toBe("miss");
    for (const none of ["", "0", "false"]) expect((await ask({ cache: none }))[0]).toBeNull();
    expect(await ask()).toEqual(["hit", "answer 1"]);
  });

  test("outlives a restart, and its time alone ends it", async () => {
    let now = Date.now();
    const flags = { data_dir: join(directory, "restart"), answer_retention: "2" };
    const ask = async () => {
      await using work = await openCreate(counting, { flags, clock: () => now });
      return (await work.get({ cache: "mine" })).headers.get("x-cache");
    };
    expect(await ask()).toBe("miss");
    expect(await ask()).toBe("hit");
    now += 2 * dayMs + 1;
    expect(await ask()).toBe("miss");
  });

  test("is its owner's alone", async () => {
    await using work = await openCreate(counting);
    const [ann, ben] = [await makeKey(work.app, "ann"), await makeKey(work.app, "ben")];
    const ask = async (who: RequestInit) => (await work.get({ cache: "mine" }, who)).headers.get("x-cache");
    expect([await ask(ann), await ask(ben), await ask(ann), await ask(ben)]).toEqual(["miss", "miss", "hit", "hit"]);
  });

  test("is one that ended with stop", async () => {
    await using work = await openCreate((_, count) =>
      count === 1 ? answer(400, { error: { message: "no" } }) : endedBy(count === 2 ? "length" : "stop", "x"),
    );
    expect(await refusalOf(await work.get({ cache: "mine" }))).toEqual([400, "upstream_rejected"]);
    const asked = [];
    for (let count = 0; count < 3; count++) {
      const response = await work.get({ cache: "mine" });
      asked.push([response.headers.get("x-cache"), await response.text()]);
    }
    expect(asked).toEqual([
      ["miss", "x\n[length]"],
      ["miss", "x"],
      ["hit", "x"],
    ]);
  });

  test("is made once for all who ask meanwhile, also when the first of them leaves", async () => {
    const left = Promise.withResolvers<void>();
    await using work = await openCreate((_, count) => [
      { until: left.promise },
      { waitMs: 250 },
      ...counting(_, count),
    ]);
    const leaving = new AbortController();
    const first = work.get({ cache: "mine" }, { signal: leaving.signal });
    first.catch(() => {});
    while (work.upstream.requests.length === 0) await Bun.sleep(5);
    const others = [work.text({ cache: "mine" }), work.text({ cache: "mine", json: "js" })];
    await Bun.sleep(50);
    // They have been heard by the time that somebody else is answered.
    for (let request = 0; request < 3; request++) await (await work.app.get("/healthz")).text();
    leaving.abort();
    left.resolve();
    expect(await Promise.all(others)).toEqual(["answer 1\n```js\n1\n```", "1"]);
    expect(work.upstream.requests).toHaveLength(1);
  });

  test("is asked for anew where a medium of it is gone", async () => {
    await using work = await openCreate((_, count) =>
      openaiText(`![a cat](data:image/png;base64,${pngOf(count).toString("base64")})`),
    );
    const ask = async () => {
      const { status, headers } = await work.get({ cache: "mine" });
      return [status, headers.get("x-cache"), headers.get("location") ?? ""] as const;
    };
    const [status, cached, address] = await ask();
    expect([status, cached]).toEqual([302, "miss"]);
    expect(await ask()).toEqual([302, "hit", address]);
    await work.app.services.store.media.remove(decodeURI(address.slice("/media/".length)));
    expect((await ask())[1]).toBe("miss");
  });
});
