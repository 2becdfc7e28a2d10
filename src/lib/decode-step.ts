/** A step of an address's path as people read it; as it stands where its escapes are none, or not UTF-8's. */
export function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
