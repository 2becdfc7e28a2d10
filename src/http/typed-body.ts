import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";
import { idleSeconds, parseBody, readBody } from "./body.ts";

interface Asked {
  readonly request: Request;
  readonly server: { timeout(request: Request, seconds: number): void } | null;
}

/**
 * For a route whose body is JSON of this schema: it is read within its limits, and checked once, as it is read. Elysia would
 * rebuild the object before it looks, and quote it when it refuses.
 */
export function typedBody<T extends TSchema>(schema: T, maxBytes: number) {
  const compiled = TypeCompiler.Compile(schema);
  return {
    body: Type.Unsafe<Static<T>>(Type.Any()),
    async parse({ request, server }: Asked): Promise<Static<T>> {
      // The body has limits of its own.
      server?.timeout(request, 0);
      try {
        const value = parseBody(await readBody(request, maxBytes));
        if (!compiled.Check(value)) throw new ApiError("invalid_request", explainMismatch(compiled, value));
        return value;
      } finally {
        server?.timeout(request, idleSeconds);
      }
    },
  };
}
