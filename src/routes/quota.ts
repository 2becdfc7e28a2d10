import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { providerKey, providerKeyHeader } from "../http/provider-key.ts";
import { Quota } from "../protocol/models.ts";
import type { Services } from "../services.ts";

/** What vendors tell of balance and limits. */
export function quota({ registry, quotas }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/quota/:provider",
    ({ params, request }) => quotas.get(registry.get(params.provider), providerKey(request)),
    {
      params: Type.Object({ provider: Type.String() }),
      response: answers({ 200: Quota }),
      detail: {
        summary: "What a vendor tells of balance and limits; 501 where it tells nothing",
        parameters: [providerKeyHeader],
      },
    },
  );
}
