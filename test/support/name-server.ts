import { createSocket } from "node:dgram";

/** What a name server says of one question; nothing is silence. */
export type Zone = (name: string, type: "A" | "AAAA", count: number) => DnsAnswer | undefined;

export interface DnsAnswer {
  readonly addresses?: readonly string[];
  /** The name that the asked one stands for: its addresses follow in the same answer. */
  readonly alias?: string;
  /** 3 is "there is no such name". */
  readonly code?: number;
}

export interface NameServer extends AsyncDisposable {
  /** As the setting `dns_servers` names it. */
  readonly address: string;
  /** `A name`, in the order in which they were asked. */
  readonly asked: readonly string[];
}

/** A name server over a real socket, on UDP (RFC 1035), which says what the test says. */
export async function openNameServer(zone: Zone): Promise<NameServer> {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (message, { address, port }) => {
    const { name, type, end } = parseQuestion(message);
    if (type !== 1 && type !== 28) return;
    const word = type === 1 ? "A" : "AAAA";
    asked.push(`${word} ${name}`);
    const said = zone(name, word, asked.filter((each) => each === `${word} ${name}`).length);
    if (said) socket.send(toAnswer(message, end, type, said), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** Every name of the zone has these addresses, of the type that they are of. */
export function zoneOf(names: Readonly<Record<string, readonly string[]>>): Zone {
  return (name, type) => {
    const all = names[name.toLowerCase()];
    if (!all) return { code: 3 };
    return { addresses: all.filter((address) => address.includes(":") === (type === "AAAA")) };
  };
}

function parseQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString("latin1"));
    at += length + 1;
  }
  return { name: labels.join("."), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function toAnswer(message: Buffer, end: number, type: number, { addresses = [], alias, code = 0 }: DnsAnswer): Buffer {
  const head = Buffer.from(message.subarray(0, 12));
  // An answer, recursion wanted and had.
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(addresses.length + (alias === undefined ? 0 : 1), 6);
  head.writeUInt32BE(0, 8);
  // The name that was asked stands at 12; what follows is of the alias where there is one.
  const owner = alias === undefined ? Buffer.from([0xc0, 12]) : toName(alias);
  const aliases = alias === undefined ? [] : [toRecord(Buffer.from([0xc0, 12]), 5, toName(alias))];
  const records = addresses.map((address) => toRecord(owner, type, toBytes(address)));
  return Buffer.concat([head, message.subarray(12, end), ...aliases, ...records]);
}

function toRecord(owner: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(60, 4);
  fixed.writeUInt16BE(data.byteLength, 8);
  return Buffer.concat([owner, fixed, data]);
}

function toName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** v6 as URL spells it, without `::` in the middle of nothing: enough for tests. */
function toBytes(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [front = "", back = ""] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const all = [...groups(front), ...Array(8 - groups(front).length - groups(back).length).fill(0), ...groups(back)];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
