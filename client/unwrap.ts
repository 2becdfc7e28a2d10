import { toParleyError } from "./connection.ts";
import { refusalFrom } from "./refusal.ts";

/** What a route gives, as Eden has it. */
interface Outcome {
  readonly data: unknown;
  readonly error: unknown;
  readonly response?: Response | undefined;
}

/** What a route answers when it succeeds. */
export type DataOf<T> = T extends { readonly data: infer Data; readonly error: null } ? Data : never;

/**
 * What a route answers, or its refusal thrown: Eden gives both side by side.
 *
 * @throws {ParleyError} what the server refuses with, `connection_failed`, `cancelled`
 * @example
 * const models = await unwrap(client.api.models.get());
 */
export async function unwrap<T extends Outcome>(asked: PromiseLike<T>): Promise<DataOf<T>> {
  const { data, error, response } = await asked.then(undefined, (thrown: unknown) => {
    // An answer that broke off in the middle, or is not the JSON that it says it is.
    throw toParleyError(thrown);
  });
  if (error === null) return data as DataOf<T>;
  // Eden's own error of a status has the body as its value; without a response, it has what `fetch` threw.
  const value = (error as { readonly value?: unknown }).value;
  throw response ? refusalFrom(response, value) : toParleyError(value);
}
