import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { keyIdBytes, openSecretKeys, type SecretKey } from "./secret-key.ts";
import type { Writer } from "./writer.ts";

/** What must not lie readable on disk, sealed: nobody without the key reads it, or changes it unseen. */
export interface Secrets {
  /** `place` says where it will lie, such as a table and its row: it opens nowhere else, so that rows cannot be swapped. */
  seal(place: string, plain: string | Uint8Array): Promise<Buffer>;
  /** `undefined` where the key is gone or another, or what was sealed is damaged. */
  open(place: string, sealed: Uint8Array): Promise<Buffer | undefined>;
  /** Whether a key is here that something was sealed with. */
  hasKeyOf(sealed: Uint8Array): boolean;
}

/** How a person brings back what cannot be opened. */
export const keyCure =
  "put the file secret.key back into the data directory, or set secret_key (PARLEY_SECRET_KEY) as it was";

/**
 * AES-256-GCM (NIST SP 800-38D): the form, which key, a random nonce and the tag stand before what is sealed. A key must
 * not seal more than 2^32 texts with random nonces, which is more than are ever kept here.
 */
const form = 1;
const nonceBytes = 12;
const tagBytes = 16;
/** So many bytes are enough for `hasKeyOf`. */
export const headBytes = 1 + keyIdBytes;

export function openSecrets(directory: string, given: string, writer: Writer): Secrets {
  const keys = openSecretKeys(directory, given, writer);
  const keyOf = (sealed: Uint8Array): SecretKey | undefined =>
    sealed[0] === form ? keys.known().find(({ id }) => id.equals(sealed.subarray(1, headBytes))) : undefined;

  return {
    async seal(place, plain) {
      const { id, bytes } = await keys.current();
      const head = Buffer.concat([Buffer.from([form]), id]);
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", bytes, nonce).setAAD(besides(head, place));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([head, nonce, cipher.getAuthTag(), text]);
    },

    async open(place, sealed) {
      const key = keyOf(sealed);
      if (!key || sealed.byteLength < headBytes + nonceBytes + tagBytes) return undefined;
      const [nonce, tag, text] = cut(sealed.subarray(headBytes), nonceBytes, tagBytes);
      const decipher = createDecipheriv("aes-256-gcm", key.bytes, nonce)
        .setAAD(besides(sealed.subarray(0, headBytes), place))
        .setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(text), decipher.final()]);
      } catch {
        return undefined;
      }
    },

    hasKeyOf: (sealed) => keyOf(sealed) !== undefined,
  };
}

function besides(head: Uint8Array, place: string): Buffer {
  return Buffer.concat([head, Buffer.from(place)]);
}

function cut(bytes: Uint8Array, first: number, second: number): [Uint8Array, Uint8Array, Uint8Array] {
  return [bytes.subarray(0, first), bytes.subarray(first, first + second), bytes.subarray(first + second)];
}
