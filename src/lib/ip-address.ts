import { BlockList, isIP } from "node:net";

/**
 * An IP address as one spelling of it: v6 as URLs have it, without a zone, and v4 where v4 was written into v6
 * (`::ffff:192.0.2.1`, as sockets for both families name it). `undefined` for what is none.
 */
export function parseIp(text: string): string | undefined {
  const bare = text.replace(/%.*$/s, "");
  const family = isIP(bare);
  if (family === 4) return bare;
  if (family === 0) return undefined;
  const v6 = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(v6);
  if (!mapped) return v6;
  const [high, low] = [Number.parseInt(mapped[1] ?? "", 16), Number.parseInt(mapped[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** What one subscriber is given: of v6 a /64, in which everybody has as many addresses as they like; of v4 one. */
export function subscriberOf(ip: string): string {
  if (isIP(ip) !== 6) return ip;
  const [before = "", after] = ip.split("::");
  const [head, tail] = [before, after ?? ""].map((part) => part.split(":").filter((group) => group !== ""));
  const gap = after === undefined ? 0 : 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  const groups = [...(head ?? []), ...Array.from({ length: gap }, () => "0"), ...(tail ?? [])];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** Some addresses, each `ip` or `ip/bits`; `loopback` is this machine. */
export interface IpRanges {
  /** @param ip as `parseIp` gives it */
  has(ip: string): boolean;
}

const loopback = ["127.0.0.0/8", "::1"];

export function createIpRanges(ranges: readonly string[]): IpRanges {
  // Apart: to a list for both, v4 lies in v6's `::/0`.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges.flatMap((each) => (each === "loopback" ? loopback : each))) {
    const { ip, bits, family } = parseRange(range) ?? {};
    if (ip !== undefined && family !== undefined) lists[family].addSubnet(ip, bits ?? 0, family);
  }
  return {
    has(ip) {
      const family = isIP(ip) === 4 ? "ipv4" : "ipv6";
      return lists[family].check(ip, family);
    },
  };
}

export function isIpRange(text: string): boolean {
  return text === "loopback" || parseRange(text) !== undefined;
}

function parseRange(text: string) {
  const [, address = "", typed] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const ip = parseIp(address);
  if (ip === undefined || address.includes("%")) return undefined;
  const most = isIP(ip) === 4 ? 32 : 128;
  // The bits of v4 that was written into v6 are counted from v6's first.
  const bits = typed === undefined ? most : Number(typed) - (most === 32 && isIP(address) === 6 ? 96 : 0);
  return bits < 0 || bits > most ? undefined : ({ ip, bits, family: most === 32 ? "ipv4" : "ipv6" } as const);
}
