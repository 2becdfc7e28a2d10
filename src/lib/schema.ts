import type { TSchema } from "@sinclair/typebox";
import type { TypeCheck } from "@sinclair/typebox/compiler";
import { ValueErrorType, type ValueError } from "@sinclair/typebox/errors";

/** Says what is wrong with a value that a schema does not fit. */
export function explainMismatch(schema: TypeCheck<TSchema>, value: unknown, root?: string): string {
  const error = schema.Errors(value).First();
  if (!error) throw new Error("a value was said to fit no schema that fits it");
  return explainError(error, root);
}

/** Says in one sentence what is wrong with a value, naming the field and never quoting the value. */
export function explainError(error: ValueError, root = "the body"): string {
  const field = fieldName(error.path, root);
  if (error.type === ValueErrorType.ObjectRequiredProperty) return `${field} is missing`;
  return `${field}: expected ${expectation(error.schema, error.message)}`;
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
