/** Values that no one may see. More may come while it is in use; none goes. */
export type Secrets = ReadonlySet<string> | readonly string[];

/** Shorter ones would match by chance. */
const minLength = 6;

/** What `parley keys create` and shared chats give out: the server knows no more of them than their digests. */
const ownKeys = ["pk_[\\w-]{43}(?![\\w-])", "write_[\\w-]{22}(?![\\w-])"];

/**
 * Strikes out secrets by value, as they are and as JSON, addresses and `Authorization: Basic` spell them; and keys of our own
 * making by their looks.
 *
 * It is one expression, made anew when there are more of them: 0.3 µs for a line of the log and 40 keys, where it took 20 to
 * look for each by itself.
 */
export function createRedactor(secrets: Secrets): (text: string) => string {
  let known = -1;
  let pattern = /(?!)/g;
  return (text) => {
    const count = "size" in secrets ? secrets.size : secrets.length;
    if (count !== known) {
      pattern = toPattern([...secrets]);
      known = count;
    }
    return text.replace(pattern, "[redacted]");
  };
}

/** The longest first: one may be the beginning of another. */
function toPattern(secrets: readonly string[]): RegExp {
  const spelled = new Set(secrets.filter(({ length }) => length >= minLength).flatMap(toSpellings));
  const values = [...spelled].sort((one, other) => other.length - one.length).map(RegExp.escape);
  return new RegExp([...values, ...ownKeys].join("|"), "g");
}

function toSpellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret.toWellFormed());
  const bytes = Buffer.from(secret);
  return [
    secret,
    json,
    // Text within text, as a vendor's error is that quotes what it was sent.
    JSON.stringify(json).slice(1, -1),
    percent,
    percent.replace(/%[\dA-F]{2}/g, (each) => each.toLowerCase()),
    bytes.toString("base64url"),
    bytes.toString("base64").replace(/=+$/, ""),
  ];
}
