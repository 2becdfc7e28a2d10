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

/** In how many of their bits two runs of words differ: of at most 31 words, since their counts are summed up in bytes. */
export function differingBits(
  left: Uint32Array,
  leftFrom: number,
  right: Uint32Array,
  rightFrom: number,
  words: number,
): number {
  let sum = 0;
  for (let index = 0; index < words; index++) {
    let bits = (left[leftFrom + index] ?? 0) ^ (right[rightFrom + index] ?? 0);
    bits = (bits - ((bits >>> 1) & 0x5555_5555)) | 0;
    bits = ((bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333)) | 0;
    sum = (sum + ((bits + (bits >>> 4)) & 0x0f0f_0f0f)) | 0;
  }
  sum = ((sum & 0x00ff_00ff) + ((sum >>> 8) & 0x00ff_00ff)) | 0;
  return (sum + (sum >>> 16)) & 0xffff;
}

/** The cosine of the angle between two vectors, but for the length of the first: enough to order others by. */
export function likeness(to: Int8Array, vector: Int8Array): number {
  let product = 0;
  let square = 0;
  // In whole numbers, and without a list for each step: ten times as fast.
  for (let index = 0; index < to.length; index++) {
    const value = vector[index] ?? 0;
    product = (product + Math.imul(to[index] ?? 0, value)) | 0;
    square = (square + Math.imul(value, value)) | 0;
  }
  return square === 0 ? 0 : product / Math.sqrt(square);
}
