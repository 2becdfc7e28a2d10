import { mkdirSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../support/command.ts";

/** A project of somebody else's, with the packed client installed from npm's registry as anybody would. */
export interface Consumer {
  /** What its compiler says, with that way of finding modules; `nodenext` also writes `out/`. */
  check(resolution: string): Promise<string>;
  /** What is wrong for a page, with all declarations looked at, those of others included. */
  checkDeclarations(): Promise<string[]>;
  /** What a program of it prints. @throws what it said where it failed */
  say(command: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  /** The same, as JSON. */
  run(command: readonly string[]): Promise<unknown>;
}

/** As small as a project can be: what the client needs, npm finds by itself. */
const others = { ws: "8.23.0" };
const tools = { "@types/node": "20.19.43", "@types/ws": "8.18.2", deno: "2.9.6", typescript: "5.9.3" };

const compilerOptions = {
  target: "ES2022",
  lib: ["ES2022", "DOM", "DOM.Iterable"],
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
};

export async function openConsumer(folder: string, files: Readonly<Record<string, string>>): Promise<Consumer> {
  const built = join(folder, "built");
  mkdirSync(built);
  await execute([process.execPath, join(root, "src/build-client.ts"), built], root);
  const packed = `file:built/parley-client-${manifest.version}.tgz`;
  const own = {
    private: true,
    type: "module",
    dependencies: { "@parley/client": packed, ...others },
    devDependencies: tools,
  };
  await Bun.write(join(folder, "package.json"), JSON.stringify(own));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text);
  for (const [name, options] of Object.entries({
    nodenext: { module: "nodenext", outDir: "out", rootDir: ".", skipLibCheck: true },
    bundler: { module: "preserve", moduleResolution: "bundler", noEmit: true, skipLibCheck: true },
    // A page has the browser's types and no others.
    page: { module: "preserve", moduleResolution: "bundler", noEmit: true, skipLibCheck: false, types: [] },
  }))
    await Bun.write(
      join(folder, `${name}.json`),
      JSON.stringify({
        compilerOptions: { ...compilerOptions, ...options },
        ...(name === "page" ? { files: ["page.ts", "types.ts"] } : { include: ["*.ts"] }),
      }),
    );
  await execute(["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"], folder);

  const say: Consumer["say"] = (command, environment) => execute(command, folder, environment);
  const compile = (compiler: string, config: string) =>
    execute([process.execPath, compiler, "--pretty", "false", "--project", `${config}.json`], folder).catch(
      (thrown: Error) => thrown.message,
    );
  return {
    check: (resolution) => compile(join(folder, "node_modules/typescript/bin/tsc"), resolution),
    async checkDeclarations() {
      const said = await compile(join(root, "node_modules/typescript/bin/tsc"), "page");
      return said.split("\n").filter((line) => /^\S/.test(line));
    },
    say,
    run: async (command) => JSON.parse(await say(command)),
  };
}

/** What a program prints. @throws what it said where it failed */
export async function execute(
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(out + error);
  return out;
}
