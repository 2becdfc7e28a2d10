import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root } from "./support/command.ts";

const files = [...new Glob("**/*.{ts,tsx}").scanSync(join(root, "src"))]
  .filter((path) => !path.endsWith(".d.ts"))
  .sort();
const sourceOf = (path: string) => readFileSync(join(root, "src", path), "utf8");

/** What each layer may import beside itself; the table of src/README.md. */
const layers: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  protocol: [],
  help: [],
  // The page is the client's first user, and speaks the contract.
  ui: ["lib", "protocol", "../client/index.ts"],
  store: ["lib", "protocol"],
  dialects: ["lib", "protocol"],
  backup: ["lib", "protocol", "store"],
  providers: ["lib", "protocol", "store/help.ts"],
  routing: ["lib", "protocol", "providers"],
  media: ["lib", "protocol", "store"],
  files: ["lib", "protocol", "store"],
  memory: ["lib", "protocol", "store", "providers", "routing"],
  shares: ["lib", "protocol", "store"],
  search: ["lib", "protocol", "store"],
  // It is given the services, and knows their types.
  mcp: ["lib", "protocol", "store", "runs", "files", "media", "search", "memory"],
  // Over HTTP, servers are asked as everybody is.
  "mcp-client": ["lib", "protocol", "providers/upstream.ts"],
  runs: ["lib", "protocol", "store", "providers", "routing", "files", "media", "search", "memory", "mcp-client"],
  chats: ["lib", "protocol", "store", "files/zip-members.ts", "files/unconvertible.ts"],
  portable: ["lib", "protocol", "store", "chats", "shares"],
  cookies: ["lib", "protocol", "store"],
  // It is told of what happens elsewhere, and looks at what is there.
  oidc: ["lib", "protocol"],
  metrics: ["lib", "protocol", "store", "providers", "routing", "runs", "channel", "http/answered.ts"],
  channel: ["lib", "protocol", "runs"],
  tracing: ["lib", "protocol", "runs/observer.ts"],
  // Failures and limits are told in the words of who asks.
  http: ["lib", "protocol", "store", "dialects/failures.ts", "dialects/request-limits.ts"],
  openapi: ["lib", "protocol", "http/content.ts"],
  routes: [
    "lib",
    "protocol",
    "store",
    "providers",
    "routing",
    "files",
    "media",
    "shares",
    "search",
    "memory",
    "chats",
    "cookies",
    "runs",
    "mcp-client",
    "channel",
    "metrics",
    "http",
    "openapi",
    "dialects",
    "mcp",
    "ui",
    "services.ts",
    "oidc",
    "oidc-services.ts",
    "version.ts",
  ],
  config: [
    "lib",
    "protocol",
    "providers/registry.ts",
    "providers/provider.ts",
    "providers/address.ts",
    "routing/route.ts",
    "oidc/rules.ts",
    "tracing/collector.ts",
  ],
};

function importsOf(path: string): string[] {
  const specifiers = [...sourceOf(path).matchAll(/(?:from\s+|import\s+|import\()"(\.[^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) => normalize(join(dirname(path), specifier)));
}

/** What is loaded with these files, as far as no `import()` stands before it: files of ours, and modules of others. */
function loadedWith(...entries: readonly string[]): { readonly ours: ReadonlySet<string>; readonly others: string[] } {
  const ours = new Set<string>();
  const others = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (ours.has(path) || !path.endsWith(".ts")) continue;
    ours.add(path);
    for (const [, specifier = ""] of sourceOf(path).matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)"/gm)) {
      if (specifier.startsWith(".")) waiting.push(normalize(join(dirname(path), specifier)));
      else if (!specifier.startsWith("node:")) others.add(specifier);
    }
  }
  return { ours, others: [...others].sort() };
}

const layerOf = (path: string) => path.split("/")[0] ?? "";
const holding = (pattern: RegExp) => files.filter((path) => pattern.test(sourceOf(path)));

describe("the architecture", () => {
  test("imports point one way", () => {
    const wrong = files.flatMap((path) => {
      const allowed = layers[layerOf(path)];
      if (!allowed) return [];
      const isAllowed = (target: string) =>
        layerOf(target) === layerOf(path) || allowed.some((each) => target === each || target.startsWith(`${each}/`));
      return importsOf(path)
        .filter((target) => !isAllowed(target))
        .map((target) => `${path} → ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test("every folder is a layer, but for the top and the command line", () => {
    const folders = new Set(files.filter((path) => path.includes("/")).map(layerOf));
    expect([...folders].sort()).toEqual([...Object.keys(layers), "cli"].sort());
  });

  test("the map's table has each layer once", () => {
    const [, table = ""] = /^\| layer .*\n((?:\|.*\n)+)/m.exec(readFileSync(join(root, "src/README.md"), "utf8")) ?? [];
    const named = table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)\/`/g)]);
    expect(named.map(([, layer]) => layer).sort()).toEqual([...Object.keys(layers), "cli"].sort());
  });

  test("the client takes from the server types alone, of the application and the contract", () => {
    const sources = [...new Glob("*.ts").scanSync(join(root, "client"))].map((path) =>
      readFileSync(join(root, "client", path), "utf8"),
    );
    const taken = sources.flatMap((source) => [...source.matchAll(/^(import|export) .*from "\.\.\/src\/(.+)";$/gm)]);
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.filter(([line]) => !/^(import|export) type /.test(line))).toEqual([]);
    expect(taken.filter(([, , path]) => path !== "app.ts" && !path?.startsWith("protocol/"))).toEqual([]);
    expect(sources.filter((source) => /from "(bun|node)\b/.test(source))).toEqual([]);
  });

  test("no adapter imports another", () => {
    const adapters = files.filter((path) => path.startsWith("providers/adapters/"));
    expect(adapters.flatMap(importsOf).filter((target) => target.startsWith("providers/adapters/"))).toEqual([]);
  });

  test("what only one place may do is done there alone", () => {
    // Builds fix a variable inside the binary and the pages; they read none.
    expect(holding(/process\.(env|argv)\b/)).toEqual(["build.ts", "config/process.ts", "ui/bundle.ts"]);
    expect(holding(/(?<![.\w])fetch\(/)).toEqual([
      // The doctor is a client of a server that its person names: it looks at what the others hide.
      "cli/doctor/visit.ts",
      // The issuer that people sign in with, which the operator has set.
      "oidc/issuer-fetch.ts",
      "providers/upstream.ts",
      "search/page.ts",
      // The operator's collector.
      "tracing/collector.ts",
      "ui/docs/docs.ts",
      "ui/share/read.ts",
    ]);
    expect(holding(/\b(console\.(log|warn|error|info|debug)|process\.std(out|err)\.write)/)).toEqual(["lib/log.ts"]);
    // Converters are this program itself; builds ask git, have the compiler write declarations, and start once what they built.
    expect(holding(/\bBun\.spawn|child_process/)).toEqual([
      "build-client.ts",
      "build.ts",
      "files/convert-child.ts",
      "lib/program.ts",
      "start-profile.ts",
    ]);
    expect(files.filter((path) => importsOf(path).includes("lib/program.ts"))).toEqual([
      // systemd and launchd are told by programs of theirs.
      "cli/service/tell.ts",
      // MCP servers that the operator has set up as programs.
      "mcp-client/program-wire.ts",
      "providers/espeak-ng/program.ts",
      "providers/espeak-ng/speech.ts",
    ]);
    // Behind a proxy an address that came is not the one that was asked: what we give out begins with the latter.
    expect(holding(/\borigin\b[^;\n]* = new URL\(request\.url|new URL\(request\.url[^)]*\)\.(origin|host)\b/)).toEqual(
      [],
    );
    expect(holding(/\bJSON\.parse\(/)).toEqual(["lib/json.ts", "ui/docs/docs.ts"]);
    expect(holding(/"bun:sqlite"/).every((path) => path.startsWith("store/"))).toBe(true);
    expect(
      holding(/\b(SELECT|INSERT|UPDATE|DELETE) .*\b(FROM|INTO|SET)\b/).every((path) => path.startsWith("store/")),
    ).toBe(true);
  });

  test("the page makes elements alone, asks through its client, and keeps things where it says so", () => {
    const page = (pattern: RegExp) => holding(pattern).filter((path) => path.startsWith("ui/"));
    expect(
      page(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function\(|<style/i),
    ).toEqual([]);
    expect(page(/XMLHttpRequest|new WebSocket\(|new EventSource\(|sendBeacon/)).toEqual([]);
    expect(page(/\b(localStorage|sessionStorage|indexedDB)\b|document\.cookie/)).toEqual([
      "ui/chat/questions.ts",
      "ui/composer/drafts.ts",
      "ui/state/person.ts",
    ]);
    // A store of zustand writes over what another tab has kept: that is for choices, of which the last one counts.
    const kept = page(/\bpersist\(/).filter((path) => !/\bfollowTabs\(/.test(sourceOf(path)));
    expect(kept).toEqual([
      "ui/answer/voice-choice.ts",
      "ui/composer/accepted-parameters.ts",
      "ui/shell/shell-state.ts",
      "ui/state/ask-options.ts",
    ]);
    // Others are named, as everywhere.
    expect(page(/^export default /m).filter((path) => !path.endsWith("-page.tsx"))).toEqual([]);
  });

  test("nobody outside its own files names a provider, but the registry and the tables of families", () => {
    const names = /["'](OpenAI|Anthropic|Gemini|Ollama|LMStudio|LlamaCpp|VLLM|Jan|Builtin|Scripted)["']/;
    const naming = holding(names).filter((path) => !/^providers\/\w+\//.test(path));
    // Makers of models, which happen to have the names of their own services; and events as the document shows them.
    expect(naming).toEqual(["openapi/examples.ts", "routes/models.ts"]);
  });

  test("a server loads what it needs to take its port, then what it needs to answer, and the rest when it is asked", () => {
    const toListen = ["start.ts", "main.ts", "cli/serve.ts"];
    expect(loadedWith(...toListen).others).toEqual([
      "@sinclair/typebox",
      "@sinclair/typebox/compiler",
      "@sinclair/typebox/errors",
      "@sinclair/typebox/value",
      "commander",
      "fastest-levenshtein",
    ]);
    const { ours, others } = loadedWith(...toListen, "services.ts", "server.ts");
    expect(others.filter((name) => !name.startsWith("@sinclair/typebox"))).toEqual([
      "bun:sqlite",
      "commander",
      "elysia",
      "elysia/ws",
      "fastest-levenshtein",
    ]);
    // A module that awaits at its top, and is import()ed, may stop the executable half-way (oven-sh/bun#37770).
    const awaiting = [...ours].filter((path) => /^(const .*= )?await /m.test(sourceOf(path)));
    expect(awaiting).toEqual(["start.ts"]);
    // Compiled as it is loaded, a schema takes longer than anything else of a start.
    expect(holding(/\bTypeCompiler\.Compile\(/)).toEqual(["lib/schema.ts"]);
  });

  test("files are short", () => {
    const lengths = files.map((path) => ({ path, lines: sourceOf(path).split("\n").length }));
    expect(lengths.filter(({ lines }) => lines > 350)).toEqual([]);
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(80);
  });

  test("types are not talked away", () => {
    expect(holding(/: any(?=[;,)\]>}|=[])|as any\b|<any>|@ts-(ignore|nocheck|expect-error)/)).toEqual([]);
  });
});

test("the lockfile names no registry", () => {
  expect(readFileSync(join(root, "bun.lock"), "utf8")).not.toMatch(/https?:\/\//);
});
