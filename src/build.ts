import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { print, printError } from "./lib/log.ts";
import { recordStart } from "./start-profile.ts";
import { bundlePages } from "./ui/bundle.ts";

/**
 * Builds the executable: for this machine, or for all that it runs on.
 *
 * Nothing is minified, since Elysia reads the source of its handlers; bytecode makes it start as fast. Neither `.env` nor
 * `bunfig.toml` of the folder that it is started in is read: the latter could run code.
 */
const root = join(import.meta.dir, "..");
const dist = join(root, "dist");

const targets = [
  "linux-x64",
  // For processors without AVX2, from before 2013. Bun 1.4.5 has one runtime for both.
  "linux-x64-baseline",
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "windows-x64",
] as const;
type Target = (typeof targets)[number];

// A Worker is an entry of its own; without folders in their names it stands beside what starts it, as `new URL` expects.
const entrypoints = [
  "start.ts",
  "chats/import-worker.ts",
  "cookies/cookie-worker.ts",
  "files/convert-worker.ts",
  "files/index-worker.ts",
  "store/reader-worker.ts",
  "store/chat-index-worker.ts",
  "store/cache-worker.ts",
].map((path) => join(root, "src", path));

const ownName = `parley${process.platform === "win32" ? ".exe" : ""}`;

/** The best that there is, which takes some seconds. */
const pageQuality = 11;

interface Parts {
  readonly commit: string;
  /** The folder with the pages. */
  readonly page: string;
  /** What is to lie side by side in it, as `recordStart` found. */
  readonly order?: string | undefined;
  readonly target?: Target;
}

await new Command("build")
  .description("build the executable, with everything inside that it needs")
  .option("--target <list>", `for which machines, with commas, or all: ${targets.join(", ")}; without it for this one`)
  .option("--outfile <path>", "where to, for this machine; without it dist/parley")
  .option("--outdir <folder>", "where to, with --target; without it dist")
  .option("--commit <id>", "what --version says that it was built from; without it git is asked")
  .addHelpText(
    "after",
    `
Examples:
  npm run build                                         dist/parley, for this machine
  npm run build -- --target all                         for every machine, one after the other
  npm run build -- --target linux-arm64,linux-x64-musl  for these two

With --target each gets its file, parley-<version>-<target>, and all of them SHA256SUMS, for sha256sum -c.
The runtime of another machine comes from the package registry once, about 50 MB, and is kept in Bun's cache.`,
  )
  .action(async ({ target, outfile, outdir = dist, commit = readCommit() }: BuildOptions) => {
    // Before anything is built: a name that there is not is a mistake of a moment.
    const wanted = target === "all" ? targets : target?.split(",").map(toTarget);
    const folder = await mkdtemp(join(tmpdir(), "parley-build-"));
    try {
      const page = join(folder, "page");
      await bundlePages(page, pageQuality);
      const first = await compile(join(folder, ownName), { commit, page });
      const parts = { commit, page, order: await recordStart(first, folder) };
      if (wanted === undefined) await build(outfile ?? join(dist, ownName), parts);
      else await buildAll(wanted, outdir, parts);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  })
  .parseAsync();

interface BuildOptions {
  readonly target?: string;
  readonly outfile?: string;
  readonly outdir?: string;
  readonly commit?: string;
}

async function buildAll(wanted: readonly Target[], folder: string, parts: Parts): Promise<void> {
  const paths: string[] = [];
  for (const target of wanted) {
    const path = join(folder, `parley-${manifest.version}-${target}${target.startsWith("windows") ? ".exe" : ""}`);
    try {
      await build(path, { ...parts, target });
    } catch (thrown) {
      printError(`build: ${target}: ${toReason(thrown)}\n`);
      process.exitCode = 1;
      return;
    }
    paths.push(path);
  }
  const sums = await Promise.all(paths.map(async (path) => `${await digest(path)}  ${basename(path)}\n`));
  const list = join(folder, "SHA256SUMS");
  await Bun.write(list, sums.join(""));
  print(`${list}: ${sums.length} ${sums.length === 1 ? "file" : "files"}\n`);
}

/** A build that failed says that it did, and its errors why. */
function toReason(thrown: unknown): string {
  const causes: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
  const why = causes.map((cause) => String(cause).replace(/^\w+: /, "")).join("; ");
  return /download/i.test(why) ? `${why}; its runtime comes from the package registry: is that reachable?` : why;
}

/** @throws where the runtime of another machine cannot be fetched */
async function build(outfile: string, parts: Parts): Promise<void> {
  const began = performance.now();
  // Bun writes the executable in place: under another name first, so that one that is running can be replaced.
  const unfinished = await compile(`${outfile}.new`, parts);
  await rm(outfile, { force: true });
  await rename(unfinished, outfile);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  print(`${outfile}: ${(Bun.file(outfile).size / 1024 / 1024).toFixed(1)} MiB, ${seconds} s\n`);
}

async function compile(outfile: string, { commit, page, order, target }: Parts): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints,
    naming: { entry: "[name].[ext]" },
    target: "bun",
    format: "esm",
    minify: false,
    bytecode: true,
    // What is import()ed is a piece of its own, which is read when it is.
    splitting: true,
    define: { "process.env.NODE_ENV": '"production"', BUILD_COMMIT: JSON.stringify(commit) },
    compile: {
      outfile,
      assets: [page],
      autoloadDotenv: false,
      autoloadBunfig: false,
      ...(order !== undefined && { bytecodeOrder: order }),
      ...(target && { target: `bun-${target}` }),
    },
  });
  const [artifact] = outputs;
  if (!artifact) throw new Error("the build gave no executable");
  return artifact.path;
}

function toTarget(name: string): Target {
  const target = targets.find((each) => each === name);
  if (target) return target;
  printError(`build: there is no target ${name}; there are ${targets.join(", ")}, and all\n`);
  process.exit(2);
}

/** Short, with a `+` where files were changed since; `unknown` where there is no git, as in an archive of the sources. */
function readCommit(): string {
  const git = (...args: string[]) => {
    const { success, stdout } = Bun.spawnSync(["git", ...args], { cwd: root, stderr: "ignore" });
    return success ? stdout.toString().trim() : undefined;
  };
  const commit = Bun.which("git") ? git("rev-parse", "--short=12", "HEAD") : undefined;
  return commit === undefined ? "unknown" : `${commit}${git("status", "--porcelain") === "" ? "" : "+"}`;
}

async function digest(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const piece of Bun.file(path).stream()) hash.update(piece);
  return hash.digest("hex");
}
