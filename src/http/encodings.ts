/** Whether an `Accept-Encoding` takes an encoding (RFC 9110 §12.5.3): by its name or `*`, unless its weight is 0. */
export function acceptsEncoding(accepted: string, encoding: string): boolean {
  const weights = new Map(
    accepted.split(",").map((each) => {
      const [name = "", ...parameters] = each.split(";").map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get(encoding) ?? weights.get("*") ?? 0) > 0;
}
