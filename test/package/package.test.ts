import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import client from "../../client/package.json" with { type: "json" };
import manifest from "../../package.json" with { type: "json" };
import { chromium, openView, warnWithoutChromium } from "../support/browser.ts";
import { root, type RunningServer, startServer } from "../support/command.ts";
import { warnOfMissing } from "../support/installed.ts";
import { type Consumer, execute, openConsumer } from "./consumer.ts";
import { programsOf } from "./programs.ts";

/** The client as it is published, and as those see it who install it: outside the repository, once for all of these. */
const folder = mkdtempSync(join(tmpdir(), "parley-package-"));
const key = "pk-of-the-consumer-0123456789";
const page = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(null, { status: 404 }) });
let server: RunningServer;
let consumer: Consumer;

/** With Bun alone there is no npm to install it by, and no Node to run it in; in CI there must be. */
const isInstallable = ["npm", "node"].every((name) => Bun.which(name));
if (!isInstallable) warnOfMissing("the packed client, because this machine has no Node.js and npm");
warnWithoutChromium("the client in a browser");

beforeAll(async () => {
  if (!isInstallable) return;
  const binary = join(folder, "parley");
  await execute([process.execPath, join(root, "src/build.ts"), "--outfile", binary], root);
  server = await startServer([binary], {
    cwd: folder,
    env: { PARLEY_ACCESS_KEY: key, PARLEY_CORS_ORIGINS: page.url.origin },
  });
  consumer = await openConsumer(folder, {
    "types.ts": await ownFile("consumer/types.ts"),
    "tour.ts": await ownFile("consumer/tour.ts"),
    "run.ts": run("{ key }"),
    "node.ts": `import { WebSocket } from "ws";\n${run("{ key, WebSocket }")}`,
    "page.ts": 'import { tour } from "./tour.js";\nObject.assign(globalThis, { tour });\n',
    ...programsOf("readme", await Bun.file(join(root, "client/README.md")).text(), server.origin),
    ...programsOf("help", await Bun.file(join(root, "src/help/client.md")).text(), server.origin),
  });
}, 120_000);
afterAll(async () => {
  await page.stop(true);
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const seen = {
  models: true,
  refused: "provider_not_found",
  types: ["provider", "parameters", "content", "content", "usage", "finish"],
  text: expect.stringContaining("5 km = 3.10685596119 miles"),
  usage: true,
  uploaded: ["note.txt", "b.csv"],
  loaded: 42,
  bucket: true,
  texts: ["1 + 1 = 2", "2 + 2 = 4", "3 + 3 = 6"].map((each) => expect.stringContaining(each)),
  again: true,
};

describe.skipIf(!isInstallable)("the package", () => {
  test("has the version of the server, and needs what it is tested with", async () => {
    const installed = await Bun.file(join(folder, "node_modules/@parley/client/package.json")).json();
    expect(installed).toMatchObject({ name: "@parley/client", version: manifest.version });
    expect(installed).not.toHaveProperty("private");
    expect(client.dependencies["@elysiajs/eden"]).toBe(manifest.devDependencies["@elysiajs/eden"]);
    for (const name of ["elysia", "@sinclair/typebox"] as const)
      expect(Bun.semver.satisfies(manifest.dependencies[name], client.peerDependencies[name])).toBe(true);
  });

  test("is one module that imports Eden alone, and no more than 15 KB of a page", async () => {
    const script = join(folder, "node_modules/@parley/client/index.js");
    const imports = new Bun.Transpiler({ loader: "js" }).scanImports(await Bun.file(script).text());
    expect(imports.map(({ path }) => path)).toEqual(["@elysiajs/eden"]);
    const built = await Bun.build({ entrypoints: [script], packages: "external", minify: true, target: "browser" });
    const size = Bun.gzipSync(await built.outputs[0]!.arrayBuffer(), { level: 9 }).length;
    expect(size).toBeGreaterThan(5_000);
    expect(size).toBeLessThanOrEqual(15_000);
  });

  test("brings nothing of the server: neither its sources nor a word of what its services are", async () => {
    const files = [...new Bun.Glob("**/*").scanSync(join(folder, "node_modules/@parley/client"))].sort();
    const kinds = files.map((path) => path.replace(/^types\/(client|src\/protocol)\/[\w-]+\.d\.ts$/, "types/$1"));
    expect([...new Set(kinds)]).toEqual([
      "LICENSE",
      "README.md",
      "index.js",
      "package.json",
      "types/client",
      "types/src/app.d.ts",
      "types/src/protocol",
    ]);
    const type = await Bun.file(join(folder, "node_modules/@parley/client/types/src/app.d.ts")).text();
    expect(type).not.toMatch(/\b(Services|Store|Bun|Buffer|NodeJS)\b/);
    const readme = await Bun.file(join(folder, "node_modules/@parley/client/README.md")).text();
    expect(readme).not.toContain("](..");
  });
});

describe.skipIf(!isInstallable)("whoever installs it", () => {
  test.each(["nodenext", "bundler"])("has every type of it, with TypeScript 5.9 and %s", async (resolution) => {
    expect(await consumer.check(resolution)).toBe("");
  });

  test("has no fault in its declarations in a page, where others have some", async () => {
    const faults = await consumer.checkDeclarations();
    expect(faults.filter((line) => !/^node_modules\/(elysia|@elysiajs\/eden)\//.test(line))).toEqual([]);
  });

  test("runs it in Bun", async () => {
    expect(await consumer.run([process.execPath, "run.ts", server.origin, key])).toEqual(seen);
  });

  test("runs it in Node, with the WebSocket of ws", async () => {
    expect(await consumer.run(["node", "out/node.js", server.origin, key])).toEqual(seen);
  });

  test("runs it in Deno", async () => {
    expect(
      await consumer.run(["node_modules/.bin/deno", "run", "--allow-net", "out/run.js", server.origin, key]),
    ).toEqual(seen);
  });

  test.skipIf(!chromium)("runs it in a page of another origin, without Elysia in it", async () => {
    const built = await Bun.build({ entrypoints: [join(folder, "page.ts")], target: "browser", minify: true });
    const script = await built.outputs[0]!.text();
    expect(script).not.toMatch(/memoirist|TypeBox|TypeCompiler/);
    expect(script.length).toBeLessThan(60_000);
    page.reload({
      routes: {
        "/": new Response(`<!doctype html><title>A page</title><script src="page.js"></script>`, {
          headers: { "content-type": "text/html; charset=utf-8" },
        }),
        "/page.js": new Response(script, { headers: { "content-type": "text/javascript; charset=utf-8" } }),
      },
    });
    const { view } = await openView(page.url.href);
    try {
      const asked = `tour(${JSON.stringify(server.origin)}, { key: ${JSON.stringify(key)} }).then(JSON.stringify, String)`;
      const said = String(await view.evaluate(asked));
      expect(said).toStartWith("{");
      expect(JSON.parse(said)).toEqual(seen);
    } finally {
      view.close();
    }
  });

  test.each(["readme", "help"])("can run what the documentation shows: %s", async (name) => {
    const said = await consumer.say([process.execPath, `${name}-1.ts`], { PARLEY_ACCESS_KEY: key });
    expect(said).toContain("5 km = 3.10685596119 miles");
    expect(said).toContain("1 + 1 = 2");
    expect(said).toContain("provider_not_found");
  });

  test("can run what the documentation shows for Node", async () => {
    const said = await consumer.say(["node", "out/readme-2.js"], { PARLEY_ACCESS_KEY: key });
    expect(said).toContain("5 km = 3.10685596119 miles");
  });
});

function ownFile(path: string): Promise<string> {
  return Bun.file(join(import.meta.dir, path)).text();
}

/** Says what it saw, as JSON. */
function run(options: string): string {
  return `import process from "node:process";
import { tour } from "./tour.js";
const [, , origin = "", key = ""] = process.argv;
console.log(JSON.stringify(await tour(origin, ${options})));
`;
}
