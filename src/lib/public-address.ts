import { BlockList, isIP } from "node:net";
import { lazily } from "./lazily.ts";

/**
 * Whether an IP address, spelled as a resolver or a parsed URL spells it, is one that anybody on the internet could
 * reach: the ranges of IANA's special-purpose registries (RFC 6890) are not, nor is what is no address at all. Of v6
 * only what is given out for use there counts (2000::/3), so every way to write a v4 address into a v6 one is refused,
 * were it that of a public host: nobody's name resolves to such.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special().check(address, "ipv4");
  // A zone (RFC 4007) names an interface of this machine.
  return family === 6 && !address.includes("%") && given().check(address, "ipv6") && !special().check(address, "ipv6");
}

const given = lazily(() => toList(["2000::/3"]));

const special = lazily(() =>
  toList([
    "0.0.0.0/8", // this network
    "10.0.0.0/8", // private
    "100.64.0.0/10", // shared by a carrier's customers; Alibaba's metadata
    "127.0.0.0/8", // loopback
    "168.63.129.16/32", // Azure's metadata, though the registry says nothing of it
    "169.254.0.0/16", // link-local; most clouds' metadata
    "172.16.0.0/12", // private
    "192.0.0.0/24", // protocol assignments; Oracle's metadata
    "192.0.2.0/24", // documentation
    "192.31.196.0/24", // AS112
    "192.52.193.0/24", // AMT
    "192.88.99.0/24", // 6to4 relays
    "192.168.0.0/16", // private
    "192.175.48.0/24", // AS112
    "198.18.0.0/15", // benchmarking
    "198.51.100.0/24", // documentation
    "203.0.113.0/24", // documentation
    "224.0.0.0/4", // multicast
    "240.0.0.0/4", // reserved, and broadcast
    "2001::/23", // protocol assignments: Teredo, benchmarking, ORCHID, DRIP
    "2001:db8::/32", // documentation
    "2002::/16", // 6to4
    "2620:4f:8000::/48", // AS112
    "3ffe::/16", // the 6bone, given back
    "3fff::/20", // documentation
  ]),
);

function toList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    list.addSubnet(network, Number(bits), isIP(network) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}
