/** What a key may: an `admin` also what concerns everybody, such as the cookies that are sent to providers. */
export type CallerRole = "admin" | "user";

/** What a key may: of each 0 is no limit, and null as much as the settings say. */
export interface KeyLimits {
  readonly tokensPerDay: number | null;
  /** In US dollars. */
  readonly costPerDay: number | null;
  readonly requestsPerMinute: number | null;
  readonly runsPerMinute: number | null;
  /** Answers being produced at once. */
  readonly maxRuns: number | null;
}

/** A span of a caller's own that ours are to hang below: W3C's Trace Context, ids in lower hexadecimal digits. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  /** Whether the caller records it: if not, neither do we. */
  readonly isSampled: boolean;
}

/** Who asks. */
export interface Caller {
  /** Whose everything is that they make; what is somebody else's does not exist for them. */
  readonly owner: string;
  readonly role: CallerRole;
  /** Of their access key, or else what stands for one: the owner, who signed in by an issuer. Null where they need none. */
  readonly keyId: string | null;
  /** What people call them, where an issuer has said it. */
  readonly name?: string;
  /** Of their key; without them, the settings'. */
  readonly limits?: KeyLimits;
  /** Where they trace what they ask. */
  readonly parent?: TraceParent;
}

/** Whoever asks while no access key is set, and who owns what they make. */
export const localCaller: Caller = { owner: "local", role: "admin", keyId: null };
