import { treaty } from "@elysiajs/eden";
import type { App } from "../src/app.ts";

export interface ClientOptions {
  /** An access key of the server, where it needs one. */
  readonly key?: string;
}

/** A server of Parley's. */
export type Client = ReturnType<typeof createClient>;

/**
 * A client of the server at `origin`, such as `http://127.0.0.1:7337`.
 *
 * @example
 * const client = createClient("http://127.0.0.1:7337");
 * const { data } = await client.api.models.get();
 */
export function createClient(origin: string, { key }: ClientOptions = {}) {
  const root = treaty<App>(origin, {
    // Dates stay the texts that they are on the wire.
    parseDate: false,
    ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
  });
  return {
    /** Every route under `/backend-api/v2`. */
    api: root["backend-api"].v2,
    /** Every route there is. */
    root,
  };
}
