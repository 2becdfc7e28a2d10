/**
 * Why there is no text to be had of a file. The message is public and stands beside the file's name: what it
 * says goes on from there, why and what to do about it ("it is encrypted; upload it without its password"). Nothing of the
 * file's own text, no paths, no stacks.
 */
export class Unconvertible extends Error {
  override readonly name = "Unconvertible";
}

/** Something in the file is not as its format says that it must be. */
export function damaged(cause?: unknown): Unconvertible {
  return new Unconvertible("it is damaged, or not what it says it is; open it and save it anew", { cause });
}

/** Its bytes are nobody's without the password. */
export function encrypted(): Unconvertible {
  return new Unconvertible("it is encrypted; upload it without its password");
}
