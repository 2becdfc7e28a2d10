import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { Decision } from "../protocol/trace.ts";
import { readNeeds } from "../routing/asked.ts";
import type { Services } from "../services.ts";

const tokens = Type.String({ pattern: "^\\d{1,9}$", expected: "a number of tokens" });

/** What the router would decide now, without asking anybody. */
export function routing({ router }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/route",
    ({ query: { model = null, provider = null, needs = "", prompt_tokens = "0" } }) =>
      router.explain({ model, provider }, { needs: readNeeds(needs), promptTokens: Number(prompt_tokens) }),
    {
      query: Type.Object({
        model: Type.Optional(Type.String()),
        provider: Type.Optional(Type.String()),
        needs: Type.Optional(Type.String()),
        prompt_tokens: Type.Optional(tokens),
      }),
      response: answers({ 200: Decision }),
      detail: {
        summary: "Who would be asked for a model or a route now, in order, and why the others would not",
        description:
          "`needs` names capabilities, separated by commas; `prompt_tokens` supposes a prompt of that length.",
      },
    },
  );
}
