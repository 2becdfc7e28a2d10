/** 128 random bits. `crypto.randomUUID` is not there for pages that come over plain HTTP from another machine. */
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function createId(prefix: string): string {
  return `${prefix}_${randomName()}`;
}
