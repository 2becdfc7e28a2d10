/** A header that a route reads, for `detail.parameters`. Elysia is not to check it: the route does, and says what is wrong. */
export function askedHeader(name: string, description: string) {
  return { name, in: "header" as const, description, schema: { type: "string" as const } };
}
