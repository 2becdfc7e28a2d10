import { existsSync } from "node:fs";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const folder = join(import.meta.dir, "../ui/references");
/** Letters differ a little between machines: what is compared has a sixteenth of the pixels. */
const shrink = 4;
/** Which part of them may differ, and by how much each: the same page differs by 0.004 at most, a chat without its answer by 0.05. */
const tolerance = 0.015;
const threshold = 0.1;

/** With which letters the references were drawn: Debian's fonts-noto-core and fonts-dejavu-core. */
const letters = { words: "Noto Sans", code: "DejaVu Sans Mono" };

/** Whether this browser writes with the same letters; else pictures say nothing. To be evaluated in a page. */
export const hasSameLetters = `(() => {
  const context = document.createElement("canvas").getContext("2d");
  const width = (font) => {
    context.font = "40px " + font;
    return context.measureText("The quick brown fox jumps over 0123456789 {}").width;
  };
  const differs = (name) => ["monospace", "serif"].some((other) => width(other) !== width(\`"\${name}", \${other}\`));
  return width("system-ui") === width('"${letters.words}"') && differs("${letters.code}");
})()`;

/**
 * What is wrong with a picture of a page, where it differs from the one that was looked at; `UPDATE_REFERENCES=1` takes it in
 * its place. Without any reference nothing is compared.
 */
export async function compareWithReference(name: string, picture: Blob): Promise<string | undefined> {
  const path = join(folder, `${name}.png`);
  if (process.env.UPDATE_REFERENCES) {
    await Bun.write(path, picture);
    return undefined;
  }
  if (!existsSync(folder)) return undefined;
  if (!existsSync(path)) return `${name}: there is no reference; UPDATE_REFERENCES=1 writes it, to be looked at`;
  const shown = toSmall(await picture.bytes());
  const expected = toSmall(await Bun.file(path).bytes());
  if (shown.width !== expected.width || shown.height !== expected.height) return `${name}: it has another size`;
  const { width, height } = shown;
  const differing = pixelmatch(shown.data, expected.data, null, width, height, { threshold, includeAA: true });
  const part = differing / (width * height);
  return part <= tolerance ? undefined : `${name}: ${(part * 100).toFixed(1)} % differs from the reference`;
}

/** Each of its pixels is the mean of those that it stands for. */
function toSmall(bytes: Uint8Array) {
  const { width: wide, height: high, data } = PNG.sync.read(Buffer.from(bytes));
  const [width, height] = [Math.floor(wide / shrink), Math.floor(high / shrink)];
  const small = new Uint8ClampedArray(width * height * 4);
  for (let index = 0; index < small.length; index++) {
    const [x, y, channel] = [Math.floor(index / 4) % width, Math.floor(index / 4 / width), index % 4];
    let sum = 0;
    for (let dy = 0; dy < shrink; dy++)
      for (let dx = 0; dx < shrink; dx++) sum += data[((y * shrink + dy) * wide + x * shrink + dx) * 4 + channel] ?? 0;
    small[index] = sum / shrink ** 2;
  }
  return { width, height, data: small };
}
