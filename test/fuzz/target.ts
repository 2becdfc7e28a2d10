import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDamage } from "../../src/store/snapshot.ts";
import { pageFolder } from "../../src/ui/page-files.ts";
import { fromSource, root, runCommand, startServer } from "../support/command.ts";
import { openNameServer, zoneOf } from "../support/name-server.ts";
import { hasStrace, straced } from "../support/strace.ts";
import type { Secrets } from "./judge.ts";
import { openVendor } from "./vendor.ts";

/** A server in a process of its own, with everything around it by which one sees what it must not do. */
export interface Target extends AsyncDisposable {
  readonly origin: string;
  readonly admin: string;
  readonly user: string;
  /** The port of this machine where nobody may be brought to ask anything. */
  readonly canaryPort: number;
  readonly secrets: Secrets;
  /** Ends the server, and says what it did that it must not have done. */
  findHarm(): Promise<readonly string[]>;
}

/** The calls that make files, and connections. */
const calls = "trace=open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,connect";

export async function openTarget(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "parley-fuzz-"));
  const cwd = join(folder, "home");
  const data = join(folder, "home/data");
  for (const each of [cwd, join(folder, "tmp")]) mkdirSync(each);
  const trace = join(folder, "trace");
  const canary = `canary-${crypto.randomUUID()}`;
  await Bun.write(join(cwd, "canary.txt"), canary);
  const vendor = openVendor();
  // What resolves to this machine, and what is allowed nowhere.
  const names = await openNameServer(zoneOf({ "inside.test": ["127.0.0.1", "::1"], "public.test": ["127.0.0.1"] }));
  const canaries = openCanaries();
  const vendorKey = `vendor-${crypto.randomUUID()}`;
  const admin = `admin-${crypto.randomUUID()}`;
  await Bun.write(join(cwd, "parley.yaml"), toSettings(vendor.origin, vendorKey));
  const env = {
    PARLEY_CONFIG: join(cwd, "parley.yaml"),
    PARLEY_DATA_DIR: data,
    PARLEY_ACCESS_KEY: admin,
    PARLEY_DNS_SERVERS: names.address,
    PARLEY_LOG_LEVEL: "info",
    TMPDIR: join(folder, "tmp"),
    // From source, Bun keeps beside it what it has read.
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  };
  const { out } = await runCommand(fromSource, ["keys", "create", "user"], { cwd, env });
  const user = out.trim();
  // From source the page is bundled when it is first asked for, beside the source.
  await pageFolder();
  // Detached, it is no parent of the server, which is killed as ever.
  const program = hasStrace
    ? straced("-D", "--seccomp-bpf", "-s", "4096", "-o", trace, "-e", calls, "-e", "signal=none")
    : fromSource;
  const before = listAround(folder);
  const server = await startServer(program, { cwd, env });
  const { pid } = server.child;
  const log = new Response(server.child.stderr).text();

  return {
    origin: server.origin,
    admin,
    user,
    canaryPort: canaries.port,
    secrets: { keys: [vendorKey, canary], places: [folder, root, process.execPath] },
    async findHarm() {
      const harm: string[] = [];
      const health = await fetch(`${server.origin}/healthz`).catch((error: unknown) => error);
      if (!(health instanceof Response) || health.status !== 200) harm.push(`it is not healthy: ${String(health)}`);
      if (server.child.exitCode !== null || server.child.pid !== pid) harm.push("it is gone");
      server.child.kill("SIGTERM");
      const code = await server.child.exited;
      if (code !== 0) harm.push(`it ended with ${code}`);
      for (const line of (await log).split("\n"))
        if (/failed inside|nobody waiting|callback failed|could not be sent|panic|ERROR|"level":"error"/.test(line))
          harm.push(line);
      for (const secret of [vendorKey, admin, user, canary])
        if ((await log).includes(secret)) harm.push("the log tells a key");
      harm.push(...findDamage(join(data, "parley.db")));
      const after = listAround(folder);
      harm.push(...[...after].filter((path) => !before.has(path)).map((path) => `${path} was made`));
      harm.push(...[...before].filter((path) => !after.has(path)).map((path) => `${path} was removed`));
      if (canaries.asked() > 0) harm.push(`a canary was asked ${canaries.asked()} times`);
      if (hasStrace)
        harm.push(
          ...readTrace(trace, {
            folder,
            data,
            vendorPort: new URL(vendor.origin).port,
            namePort: names.address.split(":")[1] ?? "",
          }),
        );
      return harm;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      vendor[Symbol.dispose]();
      canaries[Symbol.dispose]();
      await names[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toSettings(origin: string, key: string): string {
  const vendor = { base_url: origin, api_key: key };
  return Bun.YAML.stringify({
    providers: [
      { name: "Fuzz", type: "openai", ...vendor, models: ["m", "text-embedding-m", "image-m", "tts-m", "whisper-m"] },
      // A wire that the same vendor answers wrongly.
      { name: "Odd", type: "anthropic", ...vendor, models: ["m"] },
    ],
    discovery: false,
    titles: "words",
    drain_timeout: 2,
    run_grace: 1,
    search_engines: ["off"],
  });
}

/** What lies around the data directory, and where temporary files would. */
function listAround(folder: string): Set<string> {
  const paths = readdirSync(folder, { recursive: true }).map(String);
  return new Set(paths.filter((path) => !/^(home\/data|trace)/.test(path)));
}

function openCanaries() {
  let asked = 0;
  const open = (hostname: string, port: number) =>
    Bun.listen({
      hostname,
      port,
      socket: {
        open(socket) {
          asked++;
          socket.end();
        },
        data() {},
      },
    });
  const first = open("127.0.0.1", 0);
  const canaries = [first, open("::1", first.port)];
  // Where an address names no port, which takes a right that not everybody has.
  for (const [host, port] of [
    ["127.0.0.1", 80],
    ["::1", 80],
    ["127.0.0.1", 443],
    ["::1", 443],
  ] as const) {
    try {
      canaries.push(open(host, port));
    } catch {
      // What is asked there all the same, the trace says.
    }
  }
  return {
    port: first.port,
    asked: () => asked,
    [Symbol.dispose]: () => canaries.forEach((canary) => void canary.stop(true)),
  };
}

interface Allowed {
  readonly folder: string;
  readonly data: string;
  readonly vendorPort: string;
  readonly namePort: string;
}

/** What was made elsewhere than in the data directory, and who was asked beside the vendor and the name server. */
function readTrace(path: string, { data, vendorPort, namePort }: Allowed): string[] {
  const harm = new Set<string>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const port = /connect\(.*htons\((\d+)\)/.exec(line)?.[1];
    if (port !== undefined && ![vendorPort, namePort].includes(port)) harm.add(line);
    // A failed call has made nothing.
    const isMade = /O_CREAT|^\d+ +(creat|mkdir|rename|link|symlink)/.test(line) && !/ = -1 /.test(line);
    if (!isMade) continue;
    for (const [, named = ""] of line.matchAll(/"((?:[^"\\]|\\.)*)"/g))
      if (!named.startsWith(`${data}/`) && named !== data && !/^\/dev\/(null|shm\/)|^\/proc\/self\//.test(named))
        harm.add(line);
  }
  return [...harm].slice(0, 20);
}
