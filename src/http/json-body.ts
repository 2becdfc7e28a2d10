import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";
import { type Connection, parseBody, readBody, unhurried } from "./body.ts";

/**
 * For a route whose body is a JSON object: it is read within its limits, and checked once, as it is read. Elysia would
 * rebuild the object before it looks, and quote it when it refuses.
 *
 * @param parse what the route takes; throws what the sender is told
 */
export function jsonBody<T>(maxBytes: number, parse: (body: Record<string, unknown>, request: Request) => T) {
  return {
    body: Type.Unsafe<T>(Type.Any()),
    parse: async (connection: Connection): Promise<T> =>
      parse(
        await unhurried(connection, async () => parseBody(await readBody(connection.request, maxBytes))),
        connection.request,
      ),
  };
}

/** The same, of a schema. */
export function typedBody<T extends TSchema>(schema: T, maxBytes: number) {
  const compiled = TypeCompiler.Compile(schema);
  return jsonBody(maxBytes, (body): Static<T> => {
    if (!compiled.Check(body)) throw new ApiError("invalid_request", explainMismatch(compiled, body));
    return body;
  });
}
