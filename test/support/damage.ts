import { openZip } from "../../src/files/unpack.ts";
import type { Draw } from "./random.ts";
import { writeZip } from "./zip.ts";

/** A whole number from `from` up to and without `to`. */
export const between = (draw: Draw, from: number, to: number) => from + Math.floor(draw() * (to - from));

export type Damage = (content: Uint8Array, draw: Draw) => Uint8Array;

/** As an upload that broke off, or a full disk, leaves it. */
export const truncate: Damage = (content, draw) => content.subarray(0, between(draw, 0, content.length));

/** Where it begins broke off. */
export const behead: Damage = (content, draw) => content.subarray(between(draw, 1, Math.min(content.length, 4096)));

export const flipBits: Damage = (content, draw) => {
  const flipped = Uint8Array.from(content);
  const count = between(draw, 1, 65);
  for (let flip = 0; flip < count; flip++) flipped[between(draw, 0, flipped.length)]! ^= 1 << between(draw, 0, 8);
  return flipped;
};

/** As a disk that lost a sector gives it back. */
export const zeroBlock: Damage = (content, draw) => {
  const zeroed = Uint8Array.from(content);
  const from = between(draw, 0, zeroed.length);
  return zeroed.fill(0, from, from + between(draw, 1, 4097));
};

export const doubleBlock: Damage = (content, draw) => {
  const from = between(draw, 0, content.length);
  const to = from + between(draw, 1, 4097);
  return Buffer.concat([content.subarray(0, to), content.subarray(from)]);
};

export const swapBlocks: Damage = (content, draw) => {
  const [one, two] = [between(draw, 0, content.length), between(draw, 0, content.length)].sort((a, b) => a - b);
  return Buffer.concat([content.subarray(0, one), content.subarray(two), content.subarray(one, two)]);
};

/** Whole as a zip, with a true checksum, while one of the members is damaged: what only the reader of the format meets. */
export function damageMember(damage: Damage): Damage {
  return (content, draw) => {
    const zip = openZip(content);
    const names = zip.names();
    const chosen = names.filter((name) => /\.(xml|x?html|rels|opf|ncx)$/.test(name));
    const victim = chosen[between(draw, 0, chosen.length)];
    const members = names.map((name) => ({ name, content: zip.read(name) ?? new Uint8Array() }));
    return writeZip(
      members.map((each) => (each.name === victim ? { ...each, content: damage(each.content, draw) } : each)),
    );
  };
}

/** A member that is missing altogether. */
export const loseMember: Damage = (content, draw) => {
  const zip = openZip(content);
  const names = zip.names();
  const victim = names[between(draw, 0, names.length)];
  const others = names.filter((name) => name !== victim);
  return writeZip(others.map((name) => ({ name, content: zip.read(name) ?? new Uint8Array() })));
};
