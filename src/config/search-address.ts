import { parseWebAddress } from "../lib/web-address.ts";
import { ConfigError } from "./error.ts";

/** @throws {ConfigError} for what is no address of a SearXNG. It is not quoted: it may hold a password */
export function assertSearchAddress(address: string, origin: string): void {
  if (address === "") return;
  const url = parseWebAddress(address);
  if (!url) throw new ConfigError(`${origin}: searxng_url is no address such as http://127.0.0.1:8888`);
  if (url.username !== "" || url.password !== "")
    throw new ConfigError(`${origin}: searxng_url holds no name or password: let this machine ask SearXNG without`);
  if (url.search !== "" || url.hash !== "")
    throw new ConfigError(`${origin}: searxng_url ends before the "?": write the address of SearXNG's page alone`);
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]")
    throw new ConfigError(`${origin}: searxng_url names every address of this machine: write http://127.0.0.1:8888`);
}
