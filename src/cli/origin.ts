import { ConfigError } from "../config/error.ts";
import type { Config } from "../config/load.ts";
import { parseWebAddress } from "../lib/web-address.ts";

/** Where the server is: as it was named, or on this machine at the port of the settings. @throws {ConfigError} */
export function toOrigin({ host, port }: Config, named: string | undefined): string {
  if (named !== undefined) {
    const url = parseWebAddress(named);
    if (!url) throw new ConfigError(`--url: expected an address such as https://chat.example.com`);
    return url.origin + url.pathname.replace(/\/+$/, "");
  }
  if (port === 0) throw new ConfigError("port 0 is a free one, known when the server starts: name it with --port");
  return `http://${["0.0.0.0", "::", ""].includes(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host}:${port}`;
}
