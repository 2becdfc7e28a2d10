import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startVariables } from "../../src/config/process.ts";
import { bareEnvironment, fromSource, runCommand } from "../support/command.ts";
import { openUpstream } from "../support/scripted-upstream.ts";
import { createCanaries, type Entry, findInFolder } from "./canaries.ts";
import { talk } from "./canary-traffic.ts";
import { echo, models } from "./echoing.ts";

/** A program that secrets come into wherever they can. */
export interface CanaryHouse extends Disposable {
  readonly home: string;
  readonly data: string;
  readonly canaries: Map<string, string>;
  /** All that was told to anybody, by what told it. */
  readonly told: Map<string, Uint8Array>;
  /** What stood in the data directory while a server ran. */
  readonly inFolder: string[];
  /** All that vendors were sent. */
  readonly sent: () => Uint8Array;
  /** A server, all that can be asked of it, and its end. */
  serve(format: "json" | "pretty"): Promise<void>;
  command(...args: string[]): Promise<string>;
}

export function openCanaryHouse(): CanaryHouse {
  const home = mkdtempSync(join(tmpdir(), "parley-canary-"));
  const data = join(home, "data");
  const canaries = createCanaries();
  const secret = (entry: Entry) => canaries.get(entry) ?? "";
  const upstream = openUpstream(echo);
  const { host } = new URL(upstream.origin);
  /** Speaks no TLS, and says so at once. */
  const plain = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n") },
  });

  const provider = (name: string, base_url: string) => ({
    name,
    type: "openai",
    base_url,
    api_key: [secret("file_key"), secret("second_key")],
    headers: { "x-extra": secret("file_header") },
    models,
  });
  const yaml = Bun.YAML.stringify({
    providers: [
      provider("Echo", `${upstream.origin}/${secret("file_path")}/v1`),
      provider("Gone", `http://127.0.0.1:1/${secret("file_path")}/v1`),
      provider("Tls", `https://127.0.0.1:${plain.port}/${secret("file_path")}/v1`),
    ],
    mcp_servers: [
      {
        name: "program",
        command: "/bin/sh",
        args: ["-c", `echo $SECRET $0 >&2; exit 1`, secret("mcp_args")],
        env: { SECRET: secret("mcp_env") },
        tools: ["*"],
      },
      {
        name: "address",
        url: `${upstream.origin}/${secret("mcp_path")}/mcp?key=${secret("mcp_query")}`,
        headers: { "x-key": secret("mcp_header") },
        tools: ["*"],
      },
    ],
  });
  writeFileSync(join(home, "parley.yaml"), yaml);
  writeFileSync(join(home, "key.txt"), secret("keyfile_key"));

  const environment = {
    PARLEY_CONFIG: join(home, "parley.yaml"),
    PARLEY_DATA_DIR: data,
    PARLEY_ACCESS_KEY: secret("access_key"),
    PARLEY_SECRET_KEY: secret("secret_key"),
    PARLEY_BRAVE_API_KEY: secret("brave_api_key"),
    PARLEY_TAVILY_API_KEY: secret("tavily_api_key"),
    PARLEY_SEARXNG_URL: `${upstream.origin}/${secret("searxng_path")}`,
    PARLEY_SEARCH_ENGINES: "searxng",
    PARLEY_UPDATE_CHECK: "true",
    PARLEY_UPDATE_URL: `${upstream.origin}/latest?token=${secret("update_query")}`,
    PARLEY_ALLOWED_HOSTS: host,
    PARLEY_PUBLIC_URL: "http://localhost:1",
    PARLEY_OIDC_ISSUER: upstream.origin,
    PARLEY_OIDC_CLIENT_ID: "canary",
    PARLEY_OIDC_CLIENT_SECRET: secret("oidc_client_secret"),
    PARLEY_OIDC_ALLOWED: "*",
    PARLEY_LOG_LEVEL: "debug",
    PARLEY_DRAIN_TIMEOUT: "1",
    OPENAI_API_KEY: secret("environment_key"),
    OPENAI_BASE_URL: `${upstream.origin}/v1`,
    ANTHROPIC_API_KEY_FILE: join(home, "key.txt"),
    ANTHROPIC_BASE_URL: upstream.origin,
  };

  const told = new Map<string, Uint8Array>();
  const inFolder: string[] = [];
  const command = async (...args: string[]) => {
    const { out, error } = await runCommand(fromSource, args, { cwd: home, env: environment });
    told.set(`parley ${args.join(" ")}`, Buffer.from(out + error));
    return out;
  };
  return {
    home,
    data,
    canaries,
    told,
    inFolder,
    serve,
    command,
    sent: () => Buffer.from(JSON.stringify(upstream.requests)),
    [Symbol.dispose]() {
      upstream[Symbol.dispose]();
      plain.stop(true);
      rmSync(home, { recursive: true, force: true });
    },
  };

  async function serve(format: "json" | "pretty"): Promise<void> {
    const path = join(home, `${format}.log`);
    const child = Bun.spawn([...fromSource, "serve", "--port", "0", "--discovery", "false"], {
      cwd: home,
      env: bareEnvironment(home, { ...startVariables, ...environment, PARLEY_LOG_FORMAT: format }),
      stdout: "pipe",
      stderr: Bun.file(path),
    });
    let said = "";
    let origin: string | undefined;
    const decoder = new TextDecoder();
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const bytes of child.stdout) {
        said += decoder.decode(bytes, { stream: true });
        origin ??= /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
        if (origin) resolve();
      }
      resolve();
    })();
    await listening;
    try {
      await talk({ origin: origin ?? "", vendor: upstream.origin, run: format, canaries, told, command });
      if (process.platform === "linux") told.set(`${format}: arguments`, Buffer.from(wordsOf(child.pid)));
      // As it lies there while it is written to, and once it is closed.
      inFolder.push(...findInFolder(data, canaries));
    } finally {
      child.kill("SIGTERM");
      await child.exited;
      await reading;
    }
    told.set(`${format}: standard output`, Buffer.from(said));
    told.set(`${format}: log`, readFileSync(path));
  }
}

/** What it says is found by `/proc`: that of a process, and of all that it has started. */
function wordsOf(pid: number): string {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  const words = children.map((child) => {
    try {
      return wordsOf(Number(child));
    } catch {
      // It has ended meanwhile.
      return "";
    }
  });
  return [readFileSync(`/proc/${pid}/cmdline`, "utf8"), ...words].join("\n");
}
