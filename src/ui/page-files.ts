import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { lazily } from "../lib/lazily.ts";

/**
 * The folder with the pages as browsers get them. The executable has it inside; from the sources it is made in `dist/page`
 * when it is first asked for, and again once they are others.
 */
export const pageFolder = lazily(async () =>
  Bun.isStandaloneExecutable ? join(import.meta.dir, "page") : bundleOnce(join(import.meta.dir, "../../dist/page")),
);

/** Quick rather than small: it goes no further than this machine. */
const quality = 4;

async function bundleOnce(parent: string): Promise<string> {
  const name = await readVersion();
  const folder = join(parent, name);
  if (await isThere(folder)) return folder;
  const { bundlePages } = await import("./bundle.ts");
  // Several processes may do so at once: each in its own place, and who is first is as good as who is last.
  const unfinished = join(parent, `${name}.${process.pid}`);
  await mkdir(unfinished, { recursive: true });
  await bundlePages(unfinished, quality);
  await rename(unfinished, folder).catch(async (thrown: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await isThere(folder))) throw thrown;
  });
  return folder;
}

/** Changes with every source that a page may hold. */
async function readVersion(): Promise<string> {
  const root = join(import.meta.dir, "../..");
  const names = await Promise.all(
    ["src/ui", "src/protocol", "src/lib", "client"].map(async (each) =>
      (await readdir(join(root, each), { recursive: true })).map((name) => join(each, name)),
    ),
  );
  const stats = await Promise.all(
    [...names.flat(), "bun.lock"].sort().map(async (name) => {
      const { mtimeMs, size } = await stat(join(root, name));
      return `${name} ${mtimeMs} ${size}`;
    }),
  );
  return Bun.hash(stats.join("\n")).toString(36);
}

function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
