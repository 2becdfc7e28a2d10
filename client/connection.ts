import { ParleyError } from "./errors.ts";
import { parseOrigin } from "./origin.ts";
import { refusalFrom } from "./refusal.ts";

/** Where the routes of the API begin. */
export const apiPath = "/backend-api/v2";

/** `fetch`, as far as it is used here. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

type Given<T> = T | (() => T | Promise<T>);

export interface ConnectionOptions {
  /**
   * An access key of the server, where it needs one; or what gives it, asked before each request, for keys that change. It is
   * sent as a header, never in an address.
   */
  readonly key?: Given<string | undefined>;
  /**
   * Sent with every request, beside those of the client's own, or what gives them. Where a server redirects to another host,
   * runtimes leave the key behind, but not these.
   */
  readonly headers?: Given<Readonly<Record<string, string>>>;
  /** In place of the runtime's own. */
  readonly fetch?: Fetch;
}

/** How requests reach the server: everything here goes through it. */
export interface Connection {
  /** Where the server's paths begin, without a slash at the end. */
  readonly base: string;
  /** @throws {ParleyError} `invalid_request` for what no header can hold */
  key(): Promise<string | undefined>;
  /** What is sent with every request, by names in lower case, the key among it. */
  headers(): Promise<Record<string, string>>;
  /** `fetch` with these headers; those of the request itself go before. @throws {ParleyError} `connection_failed`, `cancelled` */
  readonly fetch: Fetch;
  /**
   * Asks for a path of the server's.
   *
   * @throws {ParleyError} what the server refuses with, `connection_failed`, `unexpected_answer`, `cancelled` by its signal
   */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** @throws {TypeError} for an origin that is no address of a server */
export function createConnection(origin: string, options: ConnectionOptions = {}): Connection {
  const base = parseOrigin(origin);
  const connection: Connection = {
    base,
    async key() {
      const { key } = options;
      const given = (typeof key === "function" ? await key() : key)?.trim();
      // Whoever refuses a header quotes it.
      if (given && !/^[\x21-\x7e]+$/.test(given))
        throw new ParleyError("invalid_request", "key: expected letters, digits and signs of ASCII");
      return given || undefined;
    },
    async headers() {
      const own = typeof options.headers === "function" ? await options.headers() : (options.headers ?? {});
      const lower = Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]));
      const key = await connection.key();
      return key === undefined ? lower : { ...lower, authorization: `Bearer ${key}` };
    },
    async fetch(url, init) {
      const headers = toHeaders(await connection.headers());
      new Headers(init?.headers).forEach((value, name) => headers.set(name, value));
      // Looked up as it is called, and called as the browser wants it: on nothing.
      const { fetch = globalThis.fetch } = options;
      return fetch(url, { ...init, headers }).catch((thrown: unknown) => {
        throw toParleyError(thrown, init?.signal);
      });
    },
    async request(path, init) {
      const response = await connection.fetch(base + path, init);
      if (response.ok) return response;
      const body = await response.text().catch((thrown: unknown) => {
        throw toParleyError(thrown, init?.signal);
      });
      throw refusalFrom(response, body);
    },
  };
  return connection;
}

/** @throws {ParleyError} `invalid_request`, without the value, which may be a secret and which `Headers` would quote */
function toHeaders(given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch {
      throw new ParleyError("invalid_request", `headers: ${name} is no header, or cannot hold what it is given`);
    }
  }
  return headers;
}

/** What a connection threw, as the one failure of the client. */
export function toParleyError(thrown: unknown, signal?: AbortSignal | null): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  if (signal?.aborted) return cancelled(signal.reason);
  const why = systemCode(thrown) ?? systemCode((thrown as { readonly cause?: unknown } | undefined)?.cause);
  const note = why === undefined ? "" : ` (${why})`;
  return new ParleyError("connection_failed", `the server could not be reached, or the connection broke${note}`, {
    cause: thrown,
  });
}

/** `ECONNREFUSED`; in browsers there is none. */
function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}

/** What the caller gave up, with its own reason as the cause. */
export function cancelled(cause?: unknown): ParleyError {
  return new ParleyError("cancelled", "cancelled", { cause });
}
