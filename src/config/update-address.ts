import { parseWebAddress } from "../lib/web-address.ts";
import { ConfigError } from "./error.ts";

interface UpdateSettings {
  readonly update_check: boolean;
  readonly update_url: string;
}

/** @throws {ConfigError} for what cannot be asked. It is not quoted: it may hold a password */
export function assertUpdateAddress(
  { update_check, update_url }: UpdateSettings,
  origins: Readonly<Record<keyof UpdateSettings, string>>,
): void {
  const url = parseWebAddress(update_url);
  if (update_url !== "" && !url)
    throw new ConfigError(`${origins.update_url}: update_url is no address such as https://example.com/latest.json`);
  if (url && (url.username !== "" || url.password !== ""))
    throw new ConfigError(
      `${origins.update_url}: update_url holds no name or password, which parley config would show`,
    );
  if (update_check && update_url === "")
    throw new ConfigError(`${origins.update_check}: update_check asks update_url, which is not set`);
}
