import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConverter } from "../../src/files/convert.ts";
import { openConverter, usualLimits } from "../support/converter.ts";
import { until } from "../support/until.ts";
import { writeZip } from "../support/zip.ts";

/** Rows enough for seconds of work. */
const slow = `a,b\n${"1,2\n".repeat(4_000_000)}`;
const tooLong = expect.stringMatching(/^its conversion took longer than [\d.]+ s$/);

/** The processes that this one has started, by what Linux says of them. */
function children(): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
      return Number(parent) === process.pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

describe("a conversion", () => {
  test("that takes too long is ended, and costs that file alone", async () => {
    using converter = openConverter({ timeoutMs: 2000, workers: 1, maxMemoryBytes: 4e9 });
    expect(await converter.convert("a.csv", slow)).toEqual([{ name: "a.csv", reason: tooLong }]);
    expect(converter.leftovers()).toEqual([]);
    // The next process may itself take that long to start, on a machine that has other things to do.
    let told = await converter.convert("b.md", "hi");
    while (told[0] && "reason" in told[0]) told = await converter.convert("b.md", "hi");
    expect(told).toEqual([{ name: "b.md", text: "hi" }]);
  });

  test("that takes too much memory is ended, and costs that file alone", async () => {
    using converter = openConverter({ maxMemoryBytes: 400 * 1024 * 1024 });
    const told = await converter.convert(
      "a.zip",
      writeZip([
        { name: "a.csv", content: slow, isStored: true },
        { name: "b.md", content: "hi" },
      ]),
    );
    expect(told).toEqual([
      { name: "a.csv", reason: "its conversion took more than 400 MiB of memory" },
      { name: "b.md", text: "hi" },
    ]);
  });

  test("whose process is killed costs that file alone", async () => {
    using converter = openConverter({ workers: 1 });
    const before = new Set(children());
    const broken = converter.convert("a.csv", slow);
    await until(() => children().some((pid) => !before.has(pid)));
    const pid = children().find((each) => !before.has(each));
    process.kill(pid!, "SIGKILL");
    expect(await broken).toEqual([
      { name: "a.csv", reason: "its conversion broke down; open it, save it anew, and try that" },
    ]);
    expect(await converter.convert("b.md", "hi")).toEqual([{ name: "b.md", text: "hi" }]);
  });

  test("is done by another process where the one that rested was killed", async () => {
    using converter = openConverter({ workers: 1 });
    const before = new Set(children());
    for (let count = 0; count < 3; count++) {
      expect(await converter.convert("a.md", "hi")).toEqual([{ name: "a.md", text: "hi" }]);
      for (const pid of children()) if (!before.has(pid)) process.kill(pid, "SIGKILL");
    }
  });

  test("that is given up while it waits, or runs, ends with the reason and leaves nothing", async () => {
    using converter = openConverter({ workers: 1 });
    const running = new AbortController();
    const waiting = new AbortController();
    const first = converter.convert(
      "a.zip",
      writeZip([
        { name: "b.md", content: "hi" },
        { name: "a.csv", content: slow, isStored: true },
      ]),
      running.signal,
    );
    const second = converter.convert("b.csv", slow, waiting.signal);
    await until(() => converter.leftovers().length >= 2);
    waiting.abort(new Error("not wanted"));
    await expect(second).rejects.toThrow("not wanted");
    running.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    expect(converter.leftovers()).toEqual([]);
    await expect(converter.convert("c.md", "hi", AbortSignal.abort(new Error("at once")))).rejects.toThrow("at once");
  });

  test("is done by processes that end with the converter, and see nothing of this one's environment", async () => {
    const before = new Set(children());
    const converter = openConverter();
    expect(await converter.convert("a.md", "hi")).toHaveLength(1);
    const pid = children().find((each) => !before.has(each));
    expect(
      readFileSync(`/proc/${pid}/environ`, "utf8")
        .split("\0")
        .filter(Boolean)
        .map((each) => each.split("=")[0]),
    ).toEqual(["BUN_JSC_forceRAMSize", "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"]);
    converter[Symbol.dispose]();
    await until(() => children().every((each) => before.has(each)));
  });

  test("goes on when a terminal or systemd ends whatever runs in it: the server ends its processes itself", async () => {
    const before = new Set(children());
    using converter = openConverter({ workers: 1 });
    expect(await converter.convert("a.md", "hi")).toHaveLength(1);
    const pid = children().find((each) => !before.has(each));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      const converting = converter.convert("b.csv", "a,b\n".repeat(100_000));
      process.kill(pid!, signal);
      expect(await converting).toEqual([{ name: "b.csv", text: expect.any(String) }]);
    }
    expect(children()).toContain(pid!);
  });

  test("of what is larger than may be is not begun, and a text that becomes larger is not kept", async () => {
    using converter = openConverter({ limits: { ...usualLimits, maxDocumentBytes: 1024 * 1024 } });
    expect(await converter.convert("a.txt", "x".repeat(1024 * 1024 + 1))).toEqual([
      { name: "a.txt", reason: "it is larger than 1 MiB; upload it in parts" },
    ]);
    expect(await converter.convert("a.csv", "a,b,c,d\n".repeat(130_000))).toEqual([
      { name: "a.csv", reason: "its text is longer than 1 MiB; upload it in parts" },
    ]);
    expect(converter.leftovers()).toEqual([]);
  });

  test("for which there is no place is a failure, not the file's fault", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parley-nowhere-"));
    using converter = createConverter({ workers: 1, timeoutMs: 60_000, maxMemoryBytes: 1e9, limits: usualLimits });
    writeFileSync(join(folder, "a"), "text");
    const file = { path: join(folder, "a"), name: "a.md" };
    const attempt = converter.convert(file, join(folder, "missing"), new AbortController().signal);
    await expect(attempt).rejects.toThrow("ENOENT");
    rmSync(folder, { recursive: true });
  });
});
