/** Values that no one may see. More may come while it is in use; none goes. */
export type Secrets = ReadonlySet<string> | readonly string[];

/** Shorter ones would match by chance. */
const minLength = 6;

/** What `parley keys create` and shared chats give out: the server knows no more of them than their digests. */
const ownKeys = ["pk_[\\w-]{43}(?![\\w-])", "write_[\\w-]{22}(?![\\w-])"];

/**
 * The longest expression, in characters. Arbitrary: it holds hundreds of keys, and one that has some millions is refused by
 * the engine, which would have nothing logged any more. What is longer by itself is looked for as it is.
 */
const maxPatternLength = 100_000;

/**
 * Strikes out secrets by value, as they are and as JSON, addresses and `Authorization: Basic` spell them; and keys of our own
 * making by their looks.
 *
 * It is one expression for hundreds of them, made anew when there are more: 0.3 µs for a line of the log and 40 keys, where it
 * took 20 to look for each by itself.
 */
export function createRedactor(secrets: Secrets): (text: string) => string {
  let known = -1;
  let patterns: readonly (RegExp | string)[] = [];
  return (text) => {
    const count = "size" in secrets ? secrets.size : secrets.length;
    if (count !== known) {
      patterns = toPatterns([...secrets]);
      known = count;
    }
    return patterns.reduce<string>((left, pattern) => left.replaceAll(pattern, "[redacted]"), text);
  };
}

/** The longest first: one may be the beginning of another. */
function toPatterns(secrets: readonly string[]): (RegExp | string)[] {
  const known = secrets.flatMap(withBare).filter(({ length }) => length >= minLength);
  const spelled = new Set(known.flatMap(toSpellings));
  const longestFirst = [...spelled].sort((one, other) => other.length - one.length);
  const long = longestFirst.filter(({ length }) => length >= maxPatternLength);
  const patterns: string[][] = [[]];
  let length = 0;
  for (const value of [...longestFirst.slice(long.length).map(RegExp.escape), ...ownKeys]) {
    length += value.length;
    if (length > maxPatternLength) {
      patterns.push([]);
      length = value.length;
    }
    patterns.at(-1)?.push(value);
  }
  return [...long, ...patterns.filter((each) => each.length > 0).map((each) => new RegExp(each.join("|"), "g"))];
}

/** A header's value, and what stands in it behind the word that says of what kind it is: who was sent it quotes that alone. */
function withBare(secret: string): string[] {
  const [, bare] = /^(?:bearer|basic|token|key|api-?key|api-?token) +(\S+)$/i.exec(secret) ?? [];
  return bare === undefined ? [secret] : [secret, bare];
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

/** Any value on its way to JSON: secrets are struck out of texts, and of the names in it. */
export function withoutSecrets(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), member]));
}
