import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);

/** The least that is worth a header, in bytes. */
const minBytes = 1024;
const pages = ["index.html", "share/share.html", "docs/docs.html"];
const compressible = /\.(js|css|svg)$/;

/**
 * Writes the pages into a folder, as browsers get them: each page's HTML by its name, and what it loads under names that
 * change with what they hold, beside a compressed form of each. @throws where a source does not compile
 */
export async function bundlePages(outdir: string, quality: number): Promise<void> {
  await bundle(
    pages.map((path) => join(import.meta.dir, path)),
    outdir,
  );
  await Promise.all(pages.map((path) => addPreloads(outdir, basename(path))));
  await Promise.all((await readdir(outdir)).map((name) => addCompressed(join(outdir, name), quality)));
}

/** Pages, and what they load from `/assets/`, into one folder. @throws where a source does not compile */
export async function bundle(entrypoints: string[], outdir: string): Promise<void> {
  await Bun.build({
    entrypoints,
    outdir,
    target: "browser",
    // Flat, so that one folder of the address holds all.
    naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
    publicPath: "/assets/",
    splitting: true,
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  });
}

/** What a page's script imports is asked for with it, rather than once it has been read. */
async function addPreloads(outdir: string, name: string): Promise<void> {
  const path = join(outdir, name);
  const html = await Bun.file(path).text();
  const [entry, ...more] = await scriptsOf(outdir, html);
  const links = more.map((each) => `<link rel="modulepreload" href="/assets/${each}">`);
  if (entry !== undefined) await Bun.write(path, html.replace("</head>", `${links.join("")}</head>`));
}

/** The scripts that a page's HTML names, and all that these import at once, by their names in its folder. */
export async function scriptsOf(folder: string, html: string): Promise<readonly string[]> {
  const found = new Set([...html.matchAll(/<script [^>]*src="\/assets\/([^"]+)"/g)].map(([, name = ""]) => name));
  // A set is walked to its end, also through what is added meanwhile.
  for (const name of found)
    for (const { kind, path } of new Bun.Transpiler().scanImports(await Bun.file(join(folder, name)).text()))
      if (kind === "import-statement") found.add(basename(path));
  return [...found];
}

async function addCompressed(path: string, quality: number): Promise<void> {
  const file = Bun.file(path);
  if (!compressible.test(path) || file.size < minBytes) return;
  const compressed = await compress(await file.bytes(), {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: file.size },
  });
  if (compressed.byteLength < file.size) await Bun.write(`${path}.br`, compressed);
}
