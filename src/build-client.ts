import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import client from "../client/package.json" with { type: "json" };
import manifest from "../package.json" with { type: "json" };
import { print } from "./lib/log.ts";

/**
 * Builds the client as it is published: `dist/client`, and that packed as npm packs, `dist/parley-client-<version>.tgz`.
 * `bun src/build-client.ts [folder]` puts both elsewhere.
 *
 * One module, which is not minified: it reads as what runs in a debugger, and whoever bundles it minifies it. Its
 * declarations are those that the compiler writes, of the client, of the contract and of the type of the application, which
 * it writes out whole: so none of our sources is needed, and of all that the server is made of nothing comes along.
 */
const root = join(import.meta.dir, "..");
const dist = resolve(Bun.argv[2] ?? join(root, "dist"));
const folder = join(dist, "client");
const relativeImport = /(?<=(?:from |import\()")(\.[^"]+)(?=")/g;

await rm(folder, { recursive: true, force: true });
const types = await buildTypes();
await buildModule();
// Whoever has the package has no other page that it could lead to.
const readme = (await Bun.file(join(root, "client/README.md")).text()).replace(/\[([^\]]+)\]\(\.\.[^)]*\)/g, "$1");
await Bun.write(join(folder, "README.md"), readme);
await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
// Private where it stands, so that nobody publishes the sources.
const { private: _, name, ...rest } = client;
const published = { name, version: manifest.version, ...rest };
await Bun.write(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
run([process.execPath, "pm", "pack", "--destination", dist, "--quiet"], folder);

const script = Bun.file(join(folder, "index.js"));
const packed = join(dist, `parley-client-${manifest.version}.tgz`);
const toKiB = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
print(
  `${folder}: ${toKiB(script.size)} of script, ${toKiB(types)} of types\n${packed}: ${toKiB(Bun.file(packed).size)}\n`,
);

async function buildModule(): Promise<void> {
  await Bun.build({
    entrypoints: [join(root, "client/index.ts")],
    outdir: folder,
    target: "browser",
    format: "esm",
    packages: "external",
  });
}

/** Writes the declarations that whoever imports the client needs, and says how many bytes they are. */
async function buildTypes(): Promise<number> {
  const emitted = await mkdtemp(join(tmpdir(), "parley-types-"));
  try {
    await emitAll(emitted);
    let bytes = 0;
    // Grows while it is read: what one imports comes after it.
    const paths = new Set(["client/index.ts"]);
    for (const path of paths) {
      const text = await Bun.file(join(emitted, toDeclaration(path))).text();
      const declaration = path === "src/app.ts" ? withoutServices(text) : text;
      for (const [, specifier = ""] of declaration.matchAll(relativeImport)) {
        const target = join(dirname(path), specifier);
        if (!/^(client\/|src\/protocol\/|src\/app\.ts$)/.test(target))
          throw new Error(`the type of the client names ${target}, by ${path}: it may name the contract alone`);
        paths.add(target);
      }
      bytes += await Bun.write(
        join(folder, "types", toDeclaration(path)),
        declaration.replace(relativeImport, toScript),
      );
    }
    return bytes;
  } finally {
    await rm(emitted, { recursive: true });
  }
}

/** The declarations of everything, as the compiler writes them. What it would check `bun check` has checked. */
async function emitAll(outDir: string): Promise<void> {
  const config = join(outDir, "tsconfig.json");
  const compilerOptions = {
    rootDir: root,
    outDir,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    typeRoots: [join(root, "node_modules")],
  };
  const files = ["client/index.ts", "src/text-imports.d.ts"].map((path) => join(root, path));
  const extended = relative(outDir, join(root, "tsconfig.json"));
  await Bun.write(config, JSON.stringify({ extends: extended, compilerOptions, files, include: [] }));
  run([process.execPath, join(root, "node_modules/typescript/bin/tsc"), "--project", config], root);
}

/** What creates the application is the server's; what it is, the client's. */
function withoutServices(declaration: string): string {
  const type = /export declare function createApp\(services: Services\): (.*);\nexport type App = /s.exec(
    declaration,
  )?.[1];
  if (!type) throw new Error("src/app.ts does not declare createApp and App as it did");
  return `import type { Elysia } from "elysia";\nexport type App = ${type};\n`;
}

function toScript(specifier: string): string {
  return specifier.replace(/\.ts$/, ".js");
}

function toDeclaration(path: string): string {
  return path.replace(/\.ts$/, ".d.ts");
}

/** @throws what a program that failed has said */
function run(command: string[], cwd: string): void {
  const { success, stdout, stderr } = Bun.spawnSync(command, { cwd });
  if (!success) throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
}
