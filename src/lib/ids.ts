/** An unguessable id of 128 random bits: `run_3q2-7wEjRWeJq83vASNFZw`. It never holds a dot. */
export function createId(prefix: string): string {
  return `${prefix}_${toRandomText(16)}`;
}

/** What stands for somebody, of 256 random bits: 43 characters. */
export function createRandomToken(): string {
  return toRandomText(32);
}

function toRandomText(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
}
