import type { TSchema } from "@sinclair/typebox";
import type { Contents } from "../http/content.ts";
import { RunEvent } from "../protocol/events.ts";
import { bodyExamples, streamExamples, streamWords } from "./examples.ts";
import { nameOf } from "./names.ts";
import type { Json, Schemas } from "./schemas.ts";
import { tagOf } from "./tags.ts";

/** A route as Elysia has it, as far as it is told here. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly hooks: {
    readonly detail?: {
      readonly summary?: string;
      readonly description?: string;
      readonly parameters?: readonly object[];
      readonly responses?: Readonly<Record<string, unknown>>;
      readonly hide?: boolean;
    };
    readonly params?: TSchema;
    readonly query?: TSchema;
    readonly body?: TSchema;
    readonly response?: Readonly<Record<string, TSchema>>;
  };
}

/** `/chats/:chat_id/` → `/chats/{chat_id}`; what may hold slashes is called `name`. */
export function toPath(path: string): string {
  return path.length === 1
    ? path
    : path
        .replace(/\/$/, "")
        .replace(/\*$/, ":name")
        .replaceAll(/:(\w+)/g, "{$1}");
}

/** One route. `security` where it is another than every route's. */
export function toOperation({ method, path, hooks }: Route, { refer }: Schemas, security: readonly Json[] | undefined) {
  const { detail: { summary, description, parameters = [], responses } = {}, body, response = {} } = hooks;
  return {
    operationId: toOperationId(method, path),
    tags: [tagOf(path) ?? "Server"],
    summary,
    ...(description && { description }),
    parameters: [...pathParameters(), ...queryParameters(), ...parameters],
    ...(body && { requestBody: { required: true, content: toContent(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(response).map(([status, schema]) => [status, toResponse(status, schema)])),
      ...responses,
      default: { $ref: "#/components/responses/Failure" },
    },
    ...(security && { security }),
  };

  function pathParameters(): Json[] {
    return [...toPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
  }

  function queryParameters(): Json[] {
    const required: readonly string[] = hooks.query?.required ?? [];
    return Object.entries<TSchema>(hooks.query?.properties ?? {}).map(([name, schema]) => ({
      name,
      in: "query",
      required: required.includes(name) || schema.needed === true,
      ...(typeof schema.expected === "string" && { description: schema.expected }),
      schema: refer(schema),
    }));
  }

  function toResponse(status: string, schema: TSchema): Json {
    if (schema.type === "undefined") return { description: "Nothing more comes." };
    if (schema.contents && Object.keys(schema.contents).length === 0)
      return {
        description: "It is at another address.",
        headers: { Location: { description: "The address.", schema: { type: "string" } } },
      };
    const isStream = schema.contents?.["text/event-stream"] === RunEvent;
    return {
      description: isStream ? streamWords : status === "201" ? "It is made." : "As it was asked for.",
      ...(isStream && {
        headers: { "x-run-id": { description: "The run's id.", schema: { type: "string" } } },
      }),
      content: toContent(schema),
    };
  }

  function toMedia(type: string, schema: TSchema): Json {
    const example = schema === RunEvent ? streamExamples[type] : bodyExamples[nameOf(schema) ?? ""];
    return { schema: refer(schema), ...(example !== undefined && { example }) };
  }

  function toContent(schema: TSchema): Json {
    const contents: Contents = schema.contents ?? { "application/json": schema };
    return Object.fromEntries(Object.entries(contents).map(([type, each]) => [type, toMedia(type, each)]));
  }
}

/** `GET /backend-api/v2/chats/:chat_id/export` → `get_chats_by_chat_id_export` */
function toOperationId(method: string, path: string): string {
  const steps = path
    .replace(/^\/backend-api\/v2\//, "/")
    .split("/")
    .filter(Boolean)
    .map((step) => step.replace(/^\*$/, "by_name").replace(/^:/, "by_").replaceAll(/\W/g, "_"));
  return [method.toLowerCase(), ...steps].join("_");
}
