/**
 * Vectors made small: what a model gives for a text is compared by its direction alone, which a byte for each number
 * keeps to about a hundredth, and its signs alone keep well enough to choose whom to compare.
 */

/** A byte for each number, the greatest of them 127. */
export function toBytes(vector: ArrayLike<number>): Int8Array {
  let most = 0;
  for (let index = 0; index < vector.length; index++) most = Math.max(most, Math.abs(vector[index] ?? 0));
  const bytes = new Int8Array(vector.length);
  if (most > 0 && Number.isFinite(most))
    for (let index = 0; index < vector.length; index++) bytes[index] = Math.round(((vector[index] ?? 0) / most) * 127);
  return bytes;
}

/** A bit for each number, whether it is above 0: in words of 32, the last filled up with zeros. */
export function toSigns(vector: ArrayLike<number>): Uint32Array {
  const signs = new Uint32Array(Math.ceil(vector.length / 32));
  for (let index = 0; index < vector.length; index++)
    if ((vector[index] ?? 0) > 0) signs[index >>> 5] = (signs[index >>> 5] ?? 0) | (1 << (index & 31));
  return signs;
}

/** In how many of their bits two runs of words differ. */
export function differingBits(
  left: Uint32Array,
  leftFrom: number,
  right: Uint32Array,
  rightFrom: number,
  words: number,
): number {
  let count = 0;
  for (let index = 0; index < words; index++) {
    let bits = (left[leftFrom + index] ?? 0) ^ (right[rightFrom + index] ?? 0);
    bits -= (bits >>> 1) & 0x5555_5555;
    bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

/** The cosine of the angle between a vector and one of bytes: 1 where they point the same way. */
export function cosine(vector: Float32Array, bytes: Int8Array): number {
  let [product, ours, theirs] = [0, 0, 0];
  for (let index = 0; index < vector.length; index++) {
    const [a, b] = [vector[index] ?? 0, bytes[index] ?? 0];
    product += a * b;
    ours += a * a;
    theirs += b * b;
  }
  return ours === 0 || theirs === 0 ? 0 : product / Math.sqrt(ours * theirs);
}
