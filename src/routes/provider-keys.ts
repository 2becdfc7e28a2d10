import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { typedBody } from "../http/json-body.ts";
import {
  NewProviderKey,
  ProviderKey,
  ProviderKeyList,
  ProviderTest,
  TriedProviderKey,
} from "../protocol/provider-keys.ts";
import { Done } from "../protocol/resources.ts";
import type { Services } from "../services.ts";

const maxBytes = 16 * 1024;
const params = Type.Object({ provider: Type.String() });

/** Keys that are entered while the server runs: everybody's questions go out with them, so who manages them is an admin. */
export function providerKeys({ access, providerKeys }: Services) {
  return new Elysia({ prefix: "/backend-api/v2/provider-keys" })
    .get(
      "/",
      ({ request }) => {
        access.admin(request);
        return providerKeys.list();
      },
      {
        response: answers({ 200: ProviderKeyList }),
        detail: { summary: "The providers that take a key, and where theirs comes from; never the keys" },
      },
    )
    .put(
      "/:provider",
      async ({ params, body, request }) => {
        access.admin(request);
        return providerKeys.save(params.provider, body.api_key);
      },
      {
        params,
        ...typedBody(NewProviderKey, maxBytes),
        response: answers({ 200: ProviderKey }),
        detail: {
          summary: "Keeps a provider's key, encrypted, and uses it from now on",
          description: "What the operator has set in a file or a variable wins: then it is refused with 409.",
        },
      },
    )
    .delete(
      "/:provider",
      async ({ params, request }) => {
        access.admin(request);
        await providerKeys.remove(params.provider);
        return { message: "Key removed" };
      },
      {
        params,
        response: answers({ 200: Done }),
        detail: { summary: "Forgets a provider's key" },
      },
    )
    .post(
      "/:provider/test",
      async ({ params, body, request }) => {
        // Who brings a key may try it: a question could do the same.
        if (body.api_key === undefined) access.admin(request);
        return providerKeys.test(params.provider, body.api_key);
      },
      {
        params,
        ...typedBody(TriedProviderKey, maxBytes),
        response: answers({ 200: ProviderTest }),
        detail: {
          summary: "Asks a provider for its models, with a key or as it stands, and says whether it works",
          description: "A key that is sent along is tried at the provider's own address, and not kept.",
        },
      },
    );
}
