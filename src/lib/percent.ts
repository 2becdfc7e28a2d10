/** What percent-encoding stands for (RFC 3986 §2.1); `undefined` where its escapes are none, or not UTF-8's. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A step of an address's path as people read it; as it stands where it cannot be decoded. */
export function decodeStep(step: string): string {
  return decodePercent(step) ?? step;
}
