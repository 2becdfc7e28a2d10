import type { TSchema } from "@sinclair/typebox";
import type { Header } from "./lists/headers.ts";

/** A route as Elysia has it, as far as inputs are made of it. */
export interface FuzzedRoute {
  readonly method: string;
  readonly path: string;
  readonly hooks: {
    readonly query?: TSchema;
    readonly body?: TSchema;
    readonly detail?: { readonly parameters?: readonly { readonly name?: string }[] };
  };
}

/** One request, before what is known is put into it. */
export interface Input {
  readonly as: "admin" | "user" | "nobody";
  readonly method: string;
  /** As it stands in the first line. */
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body?: Body;
}

export interface Body {
  readonly type?: string;
  readonly content: string | Uint8Array;
  readonly isChunked?: boolean;
}

export function contentsOf(body: TSchema | undefined): Readonly<Record<string, TSchema>> {
  return body ? (body.contents ?? { "application/json": body }) : {};
}
