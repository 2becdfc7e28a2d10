import type { Log, LogLevel } from "../lib/log.ts";
import type { Access } from "./access.ts";
import type { RequestListener } from "./answered.ts";
import type { Clients } from "./client-address.ts";

export interface RequestLogParts {
  readonly log: Log;
  readonly access: Pick<Access, "find">;
  readonly clients: Pick<Clients, "addressOf">;
  readonly config: { readonly log_requests: boolean; readonly log_level: LogLevel };
}

/**
 * Tells of each request; the run behind one is told of at its end. Ids and questions are whose they are: nothing of what was
 * sent is told. `undefined` where requests are not told.
 */
export function createRequestLog({ log, access, clients, config }: RequestLogParts): RequestListener | undefined {
  if (!config.log_requests && config.log_level !== "debug") return undefined;
  const level = config.log_requests ? "info" : "debug";
  return ({ request, method, route, status, seconds, id }) => {
    const caller = access.find(request);
    log[level]("a request", {
      method,
      route,
      status,
      ms: Math.round(seconds * 10_000) / 10,
      id,
      ...(caller && { owner: caller.owner }),
      ...(caller?.keyId && { key: caller.keyId }),
      address: clients.addressOf(request),
    });
  };
}
