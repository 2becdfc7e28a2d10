/** Of the requests whose bodies are to be told apart: each is digested as it is read, whoever reads it. */
const digests = new WeakMap<Request, BodyDigest>();

/** What a body holds, as a digest: of a form its parts, for the boundary between them is another each time. */
export interface BodyDigest {
  /** Whether somebody reads it, or has. */
  isRead: boolean;
  add(piece: Uint8Array | string): void;
  /** Of what has been read. */
  get(): Uint8Array;
}

/** @param besides what is digested before it */
export function digestBody(request: Request, besides: string): void {
  const hasher = new Bun.CryptoHasher("sha256").update(besides);
  let digest: Uint8Array | undefined;
  digests.set(request, {
    isRead: false,
    add: (piece) => void hasher.update(piece),
    get: () => (digest ??= hasher.digest()),
  });
}

/** `undefined` where nobody wants to know. */
export function digestOf(request: Request): BodyDigest | undefined {
  return digests.get(request);
}

/** The same, for whoever begins to read the body. */
export function readingDigest(request: Request): BodyDigest | undefined {
  const digest = digests.get(request);
  if (digest) digest.isRead = true;
  return digest;
}
