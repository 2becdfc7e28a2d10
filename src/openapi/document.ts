import { setImmediate as turn } from "node:timers/promises";
import { errorCodes } from "../protocol/errors.ts";
import { RunEvent } from "../protocol/events.ts";
import { Failure } from "../protocol/resources.ts";
import { toChannelOperation } from "./channel.ts";
import { eventExamples } from "./examples.ts";
import { nameOf } from "./names.ts";
import { type Route, toOperation, toPath } from "./operation.ts";
import { createSchemas, type Json, type Schemas } from "./schemas.ts";
import { tagObjects } from "./tags.ts";

export interface DocumentOptions {
  readonly version: string;
  /** Whether anybody may ask it, always or where it is published. */
  readonly needsKey: (path: string) => boolean | "unless published";
}

const keys: readonly Json[] = [{ bearer: [] }, { api_key: [] }];
const anybody = {};

/** OpenAPI 3.1 of what is routed: every route that is not hidden, and the channel. */
export async function toDocument(routes: readonly Route[], { version, needsKey }: DocumentOptions) {
  const schemas = createSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = toPath(route.path);
    // Thirty milliseconds in one piece would be felt by every stream that is under way.
    await turn();
    if (route.method === "WS") paths[path] = { ...paths[path], get: toChannelOperation(schemas) };
    else if (!route.hooks.detail?.hide)
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route, schemas, securityOf(path)) };
  }
  const failure = schemas.refer(Failure);
  return {
    openapi: "3.1.0",
    info: {
      title: "Parley",
      version,
      summary: "Any model, one typed stream of events.",
      description:
        "Where no access key is set, none is asked for. `Idempotency-Key` makes a request that changes something safe to " +
        "send again. Every answer has an `x-request-id`; what is refused has the shape of `Failure`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: keys,
    tags: tagObjects,
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A key of `parley keys create`, or `access_key`." },
        api_key: { type: "apiKey", in: "header", name: "x-api-key", description: "The same, in another header." },
      },
      responses: { Failure: { description: failureWords(), content: { "application/json": { schema: failure } } } },
      schemas: withExamples(schemas),
    },
  };

  function securityOf(path: string): readonly Json[] | undefined {
    const needed = needsKey(path);
    return needed === true ? undefined : needed === false ? [] : [anybody, ...keys];
  }
}

/** Every code, under the status that it comes with. */
function failureWords(): string {
  const byStatus = Map.groupBy(Object.entries(errorCodes), ([, { status }]) => status);
  const rows = [...byStatus].map(([status, list]) => `${status}: ${list.map(([code]) => `\`${code}\``).join(", ")}`);
  return `It was refused, or failed; \`error.message\` says what to do about it. The codes by status:\n\n- ${rows.join("\n- ")}`;
}

function withExamples({ components }: Schemas): Readonly<Record<string, Json>> {
  const examples = RunEvent.anyOf.map((event) => {
    const name = nameOf(event) ?? "";
    return [name, { ...components[name], examples: [eventExamples[event.properties.type.const]] }] as const;
  });
  return { ...components, ...Object.fromEntries(examples) };
}
