import type { Log, LogLevel } from "../lib/log.ts";
import type { Access } from "./access.ts";
import type { Clients } from "./client-address.ts";
import { AskedByHead, type Handle } from "./head.ts";
import { header } from "./headers.ts";
import { toPattern } from "./missing.ts";

/** A WebSocket has no answer; in its place Elysia gives an empty one. */
function isUpgraded(request: Request, response: Response | undefined): boolean {
  return response?.status !== undefined && response.status < 300 && header(request, "upgrade") !== undefined;
}

interface Route {
  readonly path: string;
}

export interface RequestLogParts {
  readonly log: Log;
  readonly access: Access;
  readonly clients: Pick<Clients, "addressOf">;
  readonly config: { readonly log_requests: boolean; readonly log_level: LogLevel };
}

export interface RequestLog {
  /** Around the whole application; that alone where requests are not told. */
  around(handle: Handle): Handle;
  /** What addresses there are. */
  know(routes: readonly Route[]): void;
}

/**
 * Tells of each request once its answer's head is there: a stream goes on after it, and the run behind it is told of at its
 * end. The address is told as its route was declared, for ids and questions are whose they are; nothing else of what
 * was sent is told.
 */
export function createRequestLog({ log, access, clients, config }: RequestLogParts): RequestLog {
  const level = config.log_requests ? "info" : "debug";
  const isTold = config.log_requests || config.log_level === "debug";
  let patterns: readonly { readonly path: string; readonly pattern: RegExp }[] = [];

  return {
    know: (routes) => (patterns = isTold ? routes.map(({ path }) => ({ path, pattern: toPattern(path) })) : []),
    around(handle) {
      if (!isTold) return handle;
      return async (...given) => {
        const [request] = given as [Request];
        const start = performance.now();
        const response = (await handle(...given)) as Response | undefined;
        const caller = access.find(request);
        log[level]("a request", {
          method: request instanceof AskedByHead ? "HEAD" : request.method,
          route: routeOf(request),
          status: isUpgraded(request, response) ? 101 : response?.status,
          ms: Math.round((performance.now() - start) * 10) / 10,
          id: response?.headers.get("x-request-id"),
          ...(caller && { owner: caller.owner }),
          ...(caller?.keyId && { key: caller.keyId }),
          address: clients.addressOf(request),
        });
        return response;
      };
    },
  };

  function routeOf({ url }: Request): string {
    const path = /^\w+:\/\/[^/?]*([^?]*)/.exec(url)?.[1] ?? url;
    return patterns.find(({ pattern }) => pattern.test(path))?.path ?? "/*";
  }
}
