import type { ResponseFormat } from "../../protocol/chat.ts";
import { formatInWords } from "../structured.ts";
import { toClosedSchema } from "./closed-schema.ts";
import { versionOf } from "./version.ts";

/** What an answer is to look like, in the vendor's field or in words. */
export interface Output {
  readonly config: Readonly<Record<string, unknown>>;
  readonly words: string | undefined;
}

/**
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs: models from 4.5 on, and schemas that are as
 * strict as those called so, or can be made so; any other is said in words.
 *
 * @param effort how hard it is to try, for models that have no budgets
 */
export function toOutput(model: string, format: ResponseFormat | null | undefined, effort: string | undefined): Output {
  const schema = versionOf(model) < 4.5 ? undefined : toSchema(format);
  return {
    config: {
      ...(effort !== undefined && { effort }),
      ...(schema && { format: { type: "json_schema", schema } }),
    },
    words: schema ? undefined : formatInWords(format),
  };
}

function toSchema(format: ResponseFormat | null | undefined): Readonly<Record<string, unknown>> | undefined {
  if (format?.type !== "json_schema") return undefined;
  const { strict, schema } = format.json_schema;
  return strict ? schema : toClosedSchema(schema);
}
