/** Of 128 random bits. `crypto.randomUUID` is not there for pages that come over plain HTTP from another machine. */
export function createId(prefix: string): string {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  return `${prefix}_${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
