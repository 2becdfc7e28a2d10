import { createApp } from "./app.ts";
import { ConfigError } from "./config/error.ts";
import { within } from "./lib/deadline.ts";
import { codeOf } from "./lib/error-code.ts";
import { isLoopbackHost } from "./lib/loopback.ts";
import type { Services } from "./services.ts";

/** How long readers may take, in any case, for what a run that was cut short has said last. */
const lastBytesMs = 500;

export interface Server {
  /** `http://127.0.0.1:7337` */
  readonly origin: string;
  /** Refuses new work, lets running answers end within `drain_timeout`, and closes the rest. */
  close(): Promise<void>;
}

/** Listens where the settings say. @throws {ConfigError} when that may not or cannot be */
export async function openServer(services: Services): Promise<Server> {
  const { host, port } = services.config;
  if (!services.access.hasUsableKey && !isLoopbackHost(host)) {
    throw new ConfigError(
      `${host} is reachable from other machines, and anybody could use your models: make a key with parley keys create, or set PARLEY_ACCESS_KEY, or listen on 127.0.0.1`,
    );
  }
  const interrupted = await services.runs.recover();
  if (interrupted > 0) services.log.info("answers were cut short when a server stopped", { interrupted });
  await services.budgets.recover();
  if (services.store.presence.followsCrash) void lookForDamage(services);
  const app = createApp(services);
  try {
    app.listen({ hostname: host, port, reusePort: false, development: false });
  } catch (thrown) {
    if (isTaken(thrown))
      throw new ConfigError(
        `port ${port} is taken, perhaps by another Parley; ${freePort(host, port)} is free: --port ${freePort(host, port)}`,
      );
    throw new ConfigError(
      `cannot listen on ${host}:${port}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
  const { server } = app;
  if (!server) throw new Error("the server did not start");
  return {
    origin: `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${server.port}`,
    async close() {
      // Listening until then: whoever asks is told that the server stops, and may come back for a running answer.
      const deadline = performance.now() + services.config.drain_timeout * 1000;
      const leftMs = () => Math.max(lastBytesMs, deadline - performance.now());
      await services.runs.drain(leftMs());
      await services.channel.close(leftMs());
      await within(server.stop(), leftMs());
      await server.stop(true);
    },
  };
}

/** After a crash, beside the work: it takes seconds for each gigabyte, and a damaged page may not be read for weeks. */
async function lookForDamage({ store, log }: Services): Promise<void> {
  try {
    const damage = await store.damage();
    if (damage.length === 0) log.info("a server did not end well; the database is whole");
    else log.error("the database is damaged: restore a backup with `parley restore <file> --force`", { damage });
  } catch (error) {
    log.warn("a server did not end well, and whether the database is whole could not be read", { error });
  }
}

function isTaken(thrown: unknown): boolean {
  return codeOf(thrown) === "EADDRINUSE";
}

/** The next port above that nobody listens on. */
function freePort(host: string, taken: number): number {
  for (let port = taken + 1; port < Math.min(taken + 20, 65_536); port++) {
    try {
      Bun.listen({ hostname: host, port, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // Taken as well.
    }
  }
  return 0;
}
