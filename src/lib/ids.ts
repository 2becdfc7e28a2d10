/** An unguessable id of 128 random bits: `run_3q2-7wEjRWeJq83vASNFZw`. It never holds a dot. */
export function createId(prefix: string): string {
  return `${prefix}_${crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true })}`;
}
