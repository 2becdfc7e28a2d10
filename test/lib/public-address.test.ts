import { describe, expect, test } from "bun:test";
import { array, assert, integer, property, string } from "fast-check";
import { isPublicAddress } from "../../src/lib/public-address.ts";

const isPublic = (address: string) => [address, isPublicAddress(address)] as const;

/** The first and last of each range, and of what lies beside it. */
const special = [
  ..."0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255".split(" "),
  ..."127.0.0.1 127.0.0.0 127.255.255.255 168.63.129.16 169.254.0.0 169.254.169.254 169.254.170.2".split(" "),
  ..."169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.192 192.0.0.255 192.0.2.1".split(" "),
  ..."192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.0 192.168.255.255 192.175.48.1 198.18.0.0".split(" "),
  ..."198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255".split(" "),
  // Unspecified, loopback, v4 in v6 in all its ways, and names for translators.
  ..."::  ::1 0:0:0:0:0:0:0:1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:0:127.0.0.1".split(/ +/),
  ..."::ffff:8.8.8.8 0:0:0:0:0:ffff:a9fe:a9fe 64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808".split(" "),
  ..."64:ff9b:1::a00:1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1".split(" "),
  ..."2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1 2001:db8::1".split(" "),
  ..."2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1 2620:4f:8000::1 3ffe::1 3fff::1 3fff:fff::1".split(" "),
  ..."4000::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fdff::1 fe80::1 fe80::1%eth0 febf::1".split(" "),
  ..."fec0::1 ff00::1 ff02::1 ff0e::1 1fff::1".split(" "),
];

const open = [
  ..."1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0".split(" "),
  ..."169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0".split(" "),
  ..."198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15 168.63.129.17 93.184.216.34".split(" "),
  ..."2000::1 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700:4700::1111 2620:4f:8001::1 3fff:1000::1".split(" "),
  ..."2a00:1450:4001:830::200e 2A00:1450:4001:0830:0:0:0:200E 3ffd::1 3ff0::1".split(" "),
];

const nonsense = [
  ..."localhost 127.1 2130706433 0x7f.0.0.1 0177.0.0.1 010.8.8.8 1.2.3 1.2.3.4.5 256.1.1.1 1.1.1.1. [::1] ::g".split(
    " ",
  ),
  ..."1.1.1.1:80 1.1.1.1/8 １.1.1.1 2606:4700::1%eth0 2606:4700::1::1 -1.1.1.1 1..1.1 00000::1".split(" "),
  "",
  " 1.1.1.1",
  "1.1.1.1 ",
  "1.1.1.1\n",
  "1.1.1.1\0",
  "8.8.8.8 127.0.0.1",
];

describe("a public address", () => {
  test("is none of a special range, however it is spelled", () => {
    expect(special.length).toBeGreaterThan(66);
    expect(special.map(isPublic)).toEqual(special.map((address) => [address, false]));
  });

  test("is any other", () => {
    expect(open.map(isPublic)).toEqual(open.map((address) => [address, true]));
  });

  test("is an address: nothing else is read as one", () => {
    expect(nonsense.map(isPublic)).toEqual(nonsense.map((address) => [address, false]));
    assert(property(string(), (text) => void isPublicAddress(text)));
  });

  test("is never within v6 what v4 is, whatever the prefix below 2000::", () => {
    const groups = array(integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 });
    assert(
      property(integer({ min: 0, max: 0x1fff }), groups, (first, rest) => {
        expect(isPublicAddress([first, ...rest].map((group) => group.toString(16)).join(":"))).toBe(false);
      }),
    );
  });
});
