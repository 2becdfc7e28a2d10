/** SHA-256 of a text, as UTF-8. */
export function digestOf(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}

/** The same in hexadecimal digits. */
export function hexDigestOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
