import { websocket } from "elysia/ws";
import { createApp } from "./app.ts";
import { ConfigError } from "./config/error.ts";
import { within } from "./lib/deadline.ts";
import { isLoopbackHost } from "./lib/loopback.ts";
import { idleSeconds } from "./http/body.ts";
import { lateFailure } from "./http/failure.ts";
import { type Port, takePort } from "./port.ts";
import { maxFrameBytes } from "./protocol/channel.ts";
import type { Services } from "./services.ts";

/** How long readers may take, in any case, for what a run that was cut short has said last. */
const lastBytesMs = 500;

/** Bun pings quiet sockets by itself, and closes those that do not answer. */
const channelLimits = {
  idleTimeout: idleSeconds,
  maxPayloadLength: maxFrameBytes,
  backpressureLimit: maxFrameBytes,
  perMessageDeflate: false,
};

export interface Server {
  /** `http://127.0.0.1:7337` */
  readonly origin: string;
  /** Refuses new work, lets running answers end within `drain_timeout`, and closes the rest. */
  close(): Promise<void>;
}

/**
 * Answers at a port, which is given up where that may not or cannot be. Whoever is there already waited for it: runs that a
 * crash cut short are marked before anybody sees them.
 *
 * @throws {ConfigError} where everybody could ask who reaches the machine
 */
export async function openServer(services: Services, port = takePort(services.config)): Promise<Server> {
  try {
    return await answerAt(port, services);
  } catch (thrown) {
    await port.server.stop(true);
    throw thrown;
  }
}

async function answerAt(port: Port, services: Services): Promise<Server> {
  assertClosed(services);
  const interrupted = await services.runs.recover();
  if (interrupted > 0) services.log.info("answers were cut short when a server stopped", { interrupted });
  await services.budgets.recover();
  if (services.store.presence.followsCrash) void lookForDamage(services);
  const { server, origin } = port;
  services.clients.arriveAt(server);
  const app = createApp(services);
  app.compile();
  app.server = server;
  port.answer({
    fetch: app.fetch,
    error: lateFailure(services.log),
    // Its types are older than Bun's.
    websocket: Object.assign<Bun.WebSocketHandler<unknown>, object>({ message() {}, ...channelLimits }, websocket),
  });
  return {
    origin,
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

/** @throws {ConfigError} where everybody could ask who reaches the machine, or nobody, since no key is good any more */
function assertClosed({ access, config: { host }, setup }: Services): void {
  if (access.hasUsableKey || setup.isPending || isLoopbackHost(host)) return;
  const cure = access.isClosed
    ? "every key was revoked or has expired, so nobody could come in: make one with parley keys create <name>"
    : "without a key anybody could use your models: make one with parley keys create <name>, or add --setup, which prints a link to make it in a browser";
  throw new ConfigError(
    `${host} is reachable from other machines, and ${cure}; or set PARLEY_ACCESS_KEY, or listen on 127.0.0.1`,
  );
}

const cures = "parley doctor --repair, or parley restore <file> --force with a backup";

/** After a crash, beside the work: it takes seconds for each gigabyte, and a damaged page may not be read for weeks. */
async function lookForDamage({ store, log }: Services): Promise<void> {
  try {
    const damage = await store.damage();
    if (damage.length === 0) log.info("a server did not end well; the database is whole");
    else log.error(`the database is damaged: stop the server, then ${cures}`, { damage });
  } catch (error) {
    log.warn("a server did not end well, and whether the database is whole could not be read", { error });
  }
}
