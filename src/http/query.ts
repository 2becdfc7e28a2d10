import { Type } from "@sinclair/typebox";

/** A whole number from 1 to `most` in an address, if there is one: without signs, and without zeros before it. */
export function upTo(most: number) {
  const digits = String(most);
  const shorter = digits.length > 1 ? [`[1-9]\\d{0,${digits.length - 2}}`] : [];
  // As long, and less at one of its places.
  const less = [...digits].flatMap((digit, at) => {
    const [least, greatest] = [at === 0 ? 1 : 0, Number(digit) - 1];
    if (greatest < least) return [];
    return [`${digits.slice(0, at)}[${least}-${greatest}]\\d{${digits.length - at - 1}}`];
  });
  const pattern = `^(${[...shorter, ...less, digits].join("|")})$`;
  return Type.Optional(
    Type.String({
      pattern,
      expected: `a number from 1 to ${most}`,
      shown: Type.Integer({ minimum: 1, maximum: most }),
    }),
  );
}
