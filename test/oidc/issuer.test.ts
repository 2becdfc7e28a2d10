import { expect, test } from "bun:test";
import { checkIssuer } from "../../src/cli/doctor/issuer.ts";
import { createIssuer } from "../../src/oidc/issuer.ts";
import { openApp } from "../support/app.ts";
import { clientId, openIssuer } from "../support/issuer.ts";

test("an issuer that says nothing is given up, wherever it stops", async () => {
  using issuer = await openIssuer();
  const silent = () => Promise.withResolvers<Response>().promise;
  const trickle = () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(Buffer.from(" "));
          await Bun.sleep(20);
        },
      }),
      { headers: { "content-type": "application/json" } },
    );
  const settings = { address: issuer.address, clientId, clientSecret: "", scopes: "openid", wanted: [] };
  for (const [path, answer] of [
    ["/.well-known/openid-configuration", silent],
    ["/.well-known/openid-configuration", trickle],
    ["/token", silent],
    ["/token", trickle],
  ] as const) {
    const { begin, finish } = createIssuer({ ...settings, patienceSeconds: 0.3 });
    issuer.wrong = { answers: { [path]: answer } };
    const signIn = async () => {
      const { attempt } = await begin("http://localhost/callback");
      return finish(`code=c&state=${attempt.state}`, attempt);
    };
    await expect(signIn()).rejects.toMatchObject({ name: "SignInError", reason: "unreachable" });
  }
});

test("the doctor asks the issuer, and says how to name it", async () => {
  using issuer = await openIssuer();
  const flags = { oidc_issuer: issuer.address, oidc_client_id: clientId, oidc_allowed: "*" };
  await using app = await openApp({ flags });
  issuer.wrong = { metadata: { issuer: "https://id.example.com" } };
  expect(await checkIssuer(app.services)).toMatchObject([{ name: "oidc_issuer", status: "fail" }]);
  issuer.wrong = {};
  expect(await checkIssuer(app.services)).toMatchObject([{ name: "oidc_issuer", status: "ok" }]);
});
