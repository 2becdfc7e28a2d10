import type { Config } from "./config/load.ts";
import { ConfigError } from "./config/error.ts";
import { codeOf } from "./lib/error-code.ts";

/** How requests are answered, in Bun's words. */
export interface Answers {
  readonly fetch: (request: Request, server: Bun.Server<unknown>) => Response | Promise<Response>;
  readonly error: (thrown: Error) => Response;
  readonly websocket: Bun.WebSocketHandler<unknown>;
}

/** A port that is ours. Who comes before there is anybody to answer waits, rather than to be refused. */
export interface Port {
  /** `http://127.0.0.1:7337` */
  readonly origin: string;
  readonly server: Bun.Server<unknown>;
  answer(answers: Answers): void;
}

/** Bodies are counted as they are read, and refused as JSON; Bun's own refusal, without a body, lies beyond. */
const maxRequestBodySize = 2 ** 40;

/** For so long a connection may be silent; what waits for something else says so (`server.timeout`). */
const idleTimeout = 30;

/** Listens where the settings say. @throws {ConfigError} when that cannot be */
export function takePort({ host, port }: Pick<Config, "host" | "port">): Port {
  const { promise: answering, resolve } = Promise.withResolvers<Answers>();
  const server = listen(host, port, async (request, here) => (await answering).fetch(request, here));
  return {
    origin: `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${server.port}`,
    server,
    answer(answers) {
      server.reload(answers);
      resolve(answers);
    },
  };
}

/** There would be no socket for who asks for one meanwhile, were none known of; what it may, whoever answers says. */
const websocket: Bun.WebSocketHandler<unknown> = { message() {} };

function listen(hostname: string, port: number, fetch: Answers["fetch"]): Bun.Server<unknown> {
  try {
    const limits = { maxRequestBodySize, idleTimeout };
    return Bun.serve({ hostname, port, reusePort: false, development: false, ...limits, fetch, websocket });
  } catch (thrown) {
    if (codeOf(thrown) === "EADDRINUSE")
      throw new ConfigError(
        `port ${port} is taken, perhaps by another Parley; ${freePort(hostname, port)} is free: --port ${freePort(hostname, port)}`,
      );
    throw new ConfigError(
      `cannot listen on ${hostname}:${port}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
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
