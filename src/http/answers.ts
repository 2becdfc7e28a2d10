import type { TSchema, TUnsafe } from "@sinclair/typebox";
import type { FailureStatus, Refusal } from "../protocol/resources.ts";

type ByStatus = Readonly<Record<number, TSchema>>;
type Refusals = { readonly [Status in FailureStatus]: TUnsafe<Refusal<Status>> };

/**
 * What a route answers, by its status. That it can refuse as well stands in the type alone, where callers see it: whoever
 * refuses throws, and `http/failure.ts` writes what was thrown. So no route has thirty validators.
 */
export function answers<T extends ByStatus>(byStatus: T): T & Refusals {
  return byStatus as T & Refusals;
}
