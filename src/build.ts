import { rename } from "node:fs/promises";
import { join } from "node:path";
import { print } from "./lib/log.ts";

/**
 * Builds the executable: `bun src/build.ts [file]`, by default `dist/parley`.
 *
 * Nothing is minified, since Elysia reads the source of its handlers; bytecode makes it start as fast. Neither `.env` nor
 * `bunfig.toml` of the folder that it is started in is read: the latter could run code.
 */
const root = join(import.meta.dir, "..");
const outfile = Bun.argv[2] ?? join(root, "dist", process.platform === "win32" ? "parley.exe" : "parley");

const built = await Bun.build({
  // A Worker is an entry of its own; without folders in their names it stands beside what starts it, as `new URL` expects.
  entrypoints: [
    "main.ts",
    "chats/import-worker.ts",
    "cookies/cookie-worker.ts",
    "files/convert-worker.ts",
    "files/index-worker.ts",
    "store/reader-worker.ts",
    "store/chat-index-worker.ts",
    "store/cache-worker.ts",
  ].map((path) => join(root, "src", path)),
  naming: { entry: "[name].[ext]" },
  target: "bun",
  format: "esm",
  minify: false,
  bytecode: true,
  define: { "process.env.NODE_ENV": '"production"' },
  // Bun writes the executable in place: under another name first, so that one that is running can be replaced.
  compile: { outfile: `${outfile}.new`, autoloadDotenv: false, autoloadBunfig: false },
});
const [artifact] = built.outputs;
if (!artifact) throw new Error("the build gave no executable");
await rename(artifact.path, outfile);
print(`${outfile}: ${(Bun.file(outfile).size / 1024 / 1024).toFixed(1)} MiB\n`);
