import { expect, test } from "bun:test";
import { createRedactor } from "../../src/lib/redactor.ts";

const secret = 'k"ey/+1=é\\ of $& mine';
const spellings: readonly [string, string][] = [
  ["as it is", secret],
  ["in JSON", JSON.stringify({ key: secret })],
  ["in JSON within JSON", JSON.stringify({ said: JSON.stringify({ key: secret }) })],
  ["in an address", `https://example.com/?key=${encodeURIComponent(secret)}&a=b`],
  [
    "in an address, in lower case",
    `https://example.com/?key=%6b`.replace(
      "%6b",
      encodeURIComponent(secret).replace(/%../g, (each) => each.toLowerCase()),
    ),
  ],
  ["in base64", `Basic ${Buffer.from(secret).toString("base64")}`],
  ["in base64url", Buffer.from(secret).toString("base64url")],
];

test.each(spellings)("a secret is struck out %s", (_, text) => {
  const redacted = createRedactor([secret])(text);
  expect(redacted).toContain("[redacted]");
  expect(redacted).not.toContain(secret.slice(0, 3));
});

test("secrets that come later are struck out too, the longest first, and short ones are words", () => {
  const secrets = new Set(["secret-1"]);
  const redact = createRedactor(secrets);
  expect(redact("secret-1 secret-2")).toBe("[redacted] secret-2");
  for (const each of ["secret-2", "secret-2-and-more", "short"]) secrets.add(each);
  expect(redact("secret-2-and-more, secret-1: short")).toBe("[redacted], [redacted]: short");
});

test("keys of our own making are known by their looks", () => {
  const key = `pk_${"a-_".repeat(15).slice(2)}`;
  expect(createRedactor([])(`with ${key}, and pk_short, write_${"b".repeat(22)}`)).toBe(
    "with [redacted], and pk_short, [redacted]",
  );
});

test("however many there are, and however long, each is struck out", () => {
  const many = Array.from({ length: 500 }, (_, index) => `secret-number-${index}-${"x".repeat(200)}`);
  const long = "a long one, ".repeat(100_000);
  const redact = createRedactor([...many, long]);
  for (const each of [many[0], many[250], many.at(-1), long]) expect(redact(`so: ${each}!`)).toBe("so: [redacted]!");
});

test("a header's key is struck out without its scheme, too, and no word of a secret that is words", () => {
  const redact = createRedactor(["Bearer tok-0123", "ApiKey tok-4567", "correct horses"]);
  expect(redact("no such token: tok-0123, tok-4567 of horses")).toBe("no such token: [redacted], [redacted] of horses");
});
