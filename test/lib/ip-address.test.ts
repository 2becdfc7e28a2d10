import { expect, test } from "bun:test";
import { createIpRanges, isIpRange, parseIp, subscriberOf } from "../../src/lib/ip-address.ts";

test.each([
  ["192.0.2.1", "192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"],
  ["0:0:0:0:0:FFFF:C000:0201", "192.0.2.1", "192.0.2.1"],
  ["2001:DB8:0:0:1::1", "2001:db8::1:0:0:1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80::1", "fe80:0:0:0::/64"],
  ["::", "::", "0:0:0:0::/64"],
])("%s is the address %s, of %s", (text, ip, subscriber) => {
  expect(parseIp(text)).toBe(ip);
  expect(subscriberOf(ip)).toBe(subscriber);
});

test("nothing else is an address", () => {
  const others = [
    "",
    "x",
    "1.2.3",
    "01.2.3.4",
    "1.2.3.4:80",
    "[::1]",
    "::1::",
    "127.1",
    "2130706433",
    "０.0.0.0",
    "1.2.3.4\n",
  ];
  expect(others.map(parseIp)).toEqual(others.map(() => undefined));
});

test("ranges hold what lies in them, however they are written", () => {
  const ranges = createIpRanges(["loopback", "10.0.0.0/8", "::ffff:172.16.0.0/108", "2001:db8::/32", "192.0.2.7"]);
  const within = ["127.9.9.9", "::1", "10.255.0.1", "172.31.0.1", "2001:db8:ffff::1", "192.0.2.7"];
  const beyond = ["11.0.0.1", "::2", "172.32.0.1", "2001:db9::1", "192.0.2.8", ""];
  expect(within.filter((ip) => !ranges.has(ip))).toEqual([]);
  expect(beyond.filter((ip) => ranges.has(ip))).toEqual([]);
  const wrong = [
    "",
    "localhost",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "::/129",
    "fe80::1%eth0",
    "::ffff:0:0/64",
  ];
  expect(wrong.filter(isIpRange)).toEqual([]);
});
