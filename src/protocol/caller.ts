/** What a key may: an `admin` also what concerns everybody, such as the cookies that are sent to providers. */
export type CallerRole = "admin" | "user";

/** Who asks. */
export interface Caller {
  /** Whose everything is that they make; what is somebody else's does not exist for them. */
  readonly owner: string;
  readonly role: CallerRole;
  /** Of their access key; null where they need none. */
  readonly keyId: string | null;
}

/** Whoever asks while no access key is set, and who owns what they make. */
export const localCaller: Caller = { owner: "local", role: "admin", keyId: null };
