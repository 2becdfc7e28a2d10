import { ipOf, parseHostPort } from "../lib/host-port.ts";
import { isIpRange } from "../lib/ip-address.ts";
import { ConfigError } from "./error.ts";
import type { SettingName, Settings } from "./settings.ts";

/** @throws {ConfigError} for a host, name server or proxy that nothing could ever match or reach */
export function assertHosts(
  { allowed_hosts, dns_servers, trusted_proxies, public_url }: Settings,
  origins: Readonly<Record<SettingName, string>>,
): void {
  const badHost = allowed_hosts.find((entry) => !parseHostPort(entry));
  if (badHost !== undefined)
    throw new ConfigError(`${origins.allowed_hosts}: ${badHost} is no host such as nas.example or 192.168.1.5:8080`);
  const badServer = dns_servers.find((entry) => ipOf(parseHostPort(entry)?.host ?? "") === undefined);
  if (badServer !== undefined)
    throw new ConfigError(`${origins.dns_servers}: ${badServer} is no address such as 1.1.1.1 or 127.0.0.1:5353`);
  const badProxy = trusted_proxies.find((entry) => !isIpRange(entry));
  if (badProxy !== undefined)
    throw new ConfigError(
      `${origins.trusted_proxies}: ${badProxy} is no address such as 192.0.2.7 or 10.0.0.0/8, and not loopback`,
    );
  if (public_url !== "" && !URL.canParse(public_url))
    throw new ConfigError(`${origins.public_url}: ${public_url} is no address such as https://chat.example.com`);
}
