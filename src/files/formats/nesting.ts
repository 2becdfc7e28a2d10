import { Unconvertible } from "../unconvertible.ts";

/**
 * How deeply elements may be nested: arbitrary, far more than any document needs, and few enough for what looks at each by
 * calling itself, and at all that is within it besides.
 */
const maxDepth = 250;

/** @throws {Unconvertible} at a depth that only an attack has */
export function assertShallow(depth: number): void {
  if (depth > maxDepth) throw new Unconvertible("its parts are nested too deeply to be read");
}
