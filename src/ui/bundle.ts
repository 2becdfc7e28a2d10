import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);

/** The least that is worth a header, in bytes. */
const minBytes = 1024;
const compressible = /\.(js|css|svg)$/;

/**
 * Writes the pages into a folder, as browsers get them: each page's HTML by its name, and what it loads under names that
 * change with what they hold, beside a compressed form of each. @throws where a source does not compile
 */
export async function bundlePages(outdir: string, quality: number): Promise<void> {
  await Bun.build({
    entrypoints: ["index.html", "share/share.html", "docs/docs.html"].map((path) => join(import.meta.dir, path)),
    outdir,
    target: "browser",
    // Flat, so that one folder of the address holds all.
    naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
    publicPath: "/assets/",
    splitting: true,
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  await Promise.all((await readdir(outdir)).map((name) => addCompressed(join(outdir, name), quality)));
}

async function addCompressed(path: string, quality: number): Promise<void> {
  const file = Bun.file(path);
  if (!compressible.test(path) || file.size < minBytes) return;
  const compressed = await compress(await file.bytes(), {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: file.size },
  });
  if (compressed.byteLength < file.size) await Bun.write(`${path}.br`, compressed);
}
