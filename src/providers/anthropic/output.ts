import type { ResponseFormat } from "../../protocol/chat.ts";
import { formatInWords } from "../structured.ts";
import { versionOf } from "./version.ts";

/** What an answer is to look like, in the vendor's field or in words. */
export interface Output {
  readonly config: Readonly<Record<string, unknown>>;
  readonly words: string | undefined;
}

/**
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs: models from 4.5 on, and schemas that are as
 * strict as those called so; any other is said in words.
 *
 * @param effort how hard it is to try, for models that have no budgets
 */
export function toOutput(model: string, format: ResponseFormat | null | undefined, effort: string | undefined): Output {
  const isNative = format?.type === "json_schema" && format.json_schema.strict === true && versionOf(model) >= 4.5;
  return {
    config: {
      ...(effort !== undefined && { effort }),
      ...(isNative && { format: { type: "json_schema", schema: format.json_schema.schema } }),
    },
    words: isNative ? undefined : formatInWords(format),
  };
}
