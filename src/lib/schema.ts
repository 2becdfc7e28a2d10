import type { Static, TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";
import { ValueErrorType, type ValueError } from "@sinclair/typebox/errors";
import { lazily } from "./lazily.ts";

/** Whether values fit a schema. */
export interface Check<T extends TSchema> {
  Check(value: unknown): value is Static<T>;
  Errors: TypeCheck<T>["Errors"];
}

/** The schema is compiled when a value first comes: all of them took longer than anything else of the start. */
export function createCheck<T extends TSchema>(schema: T): Check<T> {
  const compiled = lazily(() => TypeCompiler.Compile(schema));
  return {
    Check: (value): value is Static<T> => compiled().Check(value),
    Errors: (value) => compiled().Errors(value),
  };
}

/** Says what is wrong with a value that a schema does not fit. */
export function explainMismatch(schema: Pick<Check<TSchema>, "Errors">, value: unknown, root?: string): string {
  const error = schema.Errors(value).First();
  if (!error) throw new Error("a value was said to fit no schema that fits it");
  return explainError(error, root);
}

/** Says in one sentence what is wrong with a value, naming the field and never quoting the value. */
export function explainError(thrown: ValueError, root = "the body"): string {
  const error = toInner(thrown);
  const field = fieldName(error.path, root);
  if (error.type === ValueErrorType.ObjectRequiredProperty) return `${field} is missing`;
  return `${field}: expected ${expectation(error.schema, error.message)}`;
}

/** Of alternatives the one that fits but for something within it, if there is just one: that is what was meant. */
function toInner(error: ValueError): ValueError {
  if (error.type !== ValueErrorType.Union) return error;
  const within = error.errors
    .map((each) => each.First())
    .filter((each) => each && each.path.length > error.path.length);
  const [meant, ...others] = within;
  return meant && others.length === 0 ? toInner(meant) : error;
}

/** `/messages/0/content` → `messages[0].content`. */
function fieldName(path: string, root: string): string {
  if (path === "") return root;
  return path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce(
      (name, step) => (/^\d+$/.test(step) ? `${name || root}[${step}]` : name === "" ? step : `${name}.${step}`),
      "",
    );
}

function expectation(schema: TSchema, message: string): string {
  const worded: unknown = schema.expected;
  if (typeof worded === "string") return worded;
  return message.replace(/^Expected /, "");
}
