/**
 * How soon a person sees the page, and can write: `bun test/bench/first-paint.ts [rounds] [executable]`, by default one that is
 * built for it. Each round is a browser without anything of the page in its cache, on this machine, whose processor is made four
 * times slower (`Emulation.setCPUThrottlingRate`). What is said is the median.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backend } from "../support/browser.ts";
import { root, startServer } from "../support/command.ts";

const rounds = Number(Bun.argv[2] ?? 5);
const slowdown = 4;
const goalMs = 1000;
const folder = mkdtempSync(join(tmpdir(), "parley-paint-"));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

interface Load {
  /** Since the navigation began, in milliseconds: the first text or picture, and the field that one writes in. */
  readonly paintMs: number;
  readonly writableMs: number;
  /** What came over the wire, in bytes. */
  readonly bytes: number;
}

try {
  const executable = Bun.argv[3] ?? (await build());
  await using server = await startServer([executable], { cwd: folder });
  const loads: Load[] = [];
  for (let round = 0; round <= rounds; round++) {
    const load = await open(new URL(server.origin).port, round);
    // The first starts the browser, and brings the executable's files into the machine's memory.
    if (round > 0) loads.push(load);
  }
  const paintMs = median(loads.map((load) => load.paintMs));
  console.table({
    "first contentful paint, ms": {
      median: Math.round(paintMs),
      each: loads.map((load) => Math.round(load.paintMs)).join(" "),
    },
    "one can write, ms": {
      median: Math.round(median(loads.map((load) => load.writableMs))),
      each: loads.map((load) => Math.round(load.writableMs)).join(" "),
    },
    "over the wire, KiB": { median: Math.round(median(loads.map(({ bytes }) => bytes)) / 1024), each: "" },
  });
  console.log(`${rounds} loads, processor ${slowdown}× slower; the goal is a paint within ${goalMs} ms`);
  if (paintMs > goalMs) process.exitCode = 1;
} finally {
  Bun.WebView.closeAll();
  rmSync(folder, { recursive: true });
}

async function open(port: string, round: number): Promise<Load> {
  using view = new Bun.WebView({ width: 1280, height: 800, backend });
  await view.navigate("about:blank");
  await view.cdp("Page.enable");
  await view.cdp("Network.enable");
  await view.cdp("Network.clearBrowserCache");
  await view.cdp("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await view.cdp("Page.addScriptToEvaluateOnNewDocument", {
    source: `new MutationObserver((_, observer) => {
      if (!document.querySelector("main textarea")) return;
      observer.disconnect();
      performance.mark("writable");
    }).observe(document, { childList: true, subtree: true });`,
  });
  // Each name of this machine is a site of its own.
  await view.navigate(`http://round-${round}.localhost:${port}/`);
  return await view.evaluate<Load>(`new Promise((resolve) => {
    const look = () => {
      const [paint] = performance.getEntriesByName("first-contentful-paint");
      const [writable] = performance.getEntriesByName("writable");
      if (!paint || !writable) return void setTimeout(look, 50);
      const files = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
      resolve({
        paintMs: paint.startTime,
        writableMs: writable.startTime,
        bytes: files.reduce((sum, { transferSize }) => sum + transferSize, 0),
      });
    };
    look();
  })`);
}

async function build(): Promise<string> {
  const path = join(folder, "parley");
  await Bun.$`${process.execPath} src/build.ts --outfile ${path}`.cwd(root).quiet();
  return path;
}
