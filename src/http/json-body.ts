import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";
import { content } from "./content.ts";
import { type Connection, parseBody, readBody, unhurried } from "./body.ts";

/**
 * For a route whose body is a JSON object: it is read within its limits, and checked once, as it is read. Elysia would
 * rebuild the object before it looks, and quote it when it refuses.
 *
 * @param parse what the route takes; throws what the sender is told
 * @param schema what it is said to take, where it is not just any object
 */
export function jsonBody<T>(
  maxBytes: number,
  parse: (body: Record<string, unknown>, request: Request) => T,
  schema: TSchema = Type.Object({}, { additionalProperties: true }),
) {
  return {
    body: content<T>({ "application/json": schema }),
    parse: async (connection: Connection): Promise<T> =>
      parse(
        await unhurried(connection, async () => parseBody(await readBody(connection.request, maxBytes))),
        connection.request,
      ),
  };
}

/** The same, of a schema. */
export function typedBody<T extends TSchema>(schema: T, maxBytes: number) {
  const compiled = createCheck(schema);
  const parse = (body: unknown): Static<T> => {
    if (!compiled.Check(body)) throw new ApiError("invalid_request", explainMismatch(compiled, body));
    return body;
  };
  return jsonBody(maxBytes, parse, schema);
}

/** The same, where the route itself judges what came, which is not yet what the schema says. */
export function statedBody<T extends TSchema>(schema: T, maxBytes: number) {
  return jsonBody(maxBytes, (body): Static<T> => body, schema);
}
