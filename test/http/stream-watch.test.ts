import { expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { hangingAnswer } from "../support/client.ts";
import { makeKey, type TestKey } from "../support/keys.ts";
import { openUpstream } from "../support/scripted-upstream.ts";

const chat = { model: "m", provider: "Work", messages: [{ role: "user", content: "Hello" }] };

const post = (app: TestApp, path: string, { headers }: TestKey, body: object) =>
  app.get(path, { method: "POST", headers, body: JSON.stringify(body) });

/** Each stream of a run that lives on, and how it says that its caller may ask no more. */
const streams: readonly (readonly [string, (app: TestApp, key: TestKey) => Promise<Response>, string])[] = [
  ["a conversation", (app, key) => post(app, "/backend-api/v2/conversation", key, chat), "MissingAuthError"],
  [
    "the events of a run",
    async (app, key) => {
      const begun = await post(app, "/backend-api/v2/conversation", key, { ...chat, resumable: true });
      void begun.text();
      return app.get(`/backend-api/v2/runs/${begun.headers.get("x-run-id")}/events`, { headers: key.headers });
    },
    "MissingAuthError",
  ],
  [
    "a chat completion",
    (app, key) => post(app, "/v1/chat/completions", key, { ...chat, stream: true }),
    "invalid_api_key",
  ],
  [
    "several chat completions",
    (app, key) => post(app, "/v1/chat/completions", key, { ...chat, n: 2, stream: true }),
    "invalid_api_key",
  ],
  [
    "a message",
    (app, key) => post(app, "/v1/messages", key, { ...chat, max_tokens: 9, stream: true }),
    "authentication_error",
  ],
  ["a chat of Ollama's", (app, key) => post(app, "/api/chat", key, chat), "revoked or has expired"],
  [
    "plain text",
    (app, key) => app.get("/backend-api/v2/create?prompt=Hello&provider=Work&model=m", { headers: key.headers }),
    "[error]",
  ],
];

test.each(streams)("%s ends when its key is revoked, and others' do not", async (_, open, ending) => {
  using upstream = openUpstream(() => hangingAnswer("Hel"));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const [ann, bob] = [await makeKey(app, "ann"), await makeKey(app, "bob")];
  const [mine, theirs] = [await open(app, ann), await open(app, bob)];
  const reader = theirs.body?.getReader();
  await reader?.read();
  await app.services.streams.askAll();
  await app.services.store.accessKeys.revoke(ann.id, Date.now());
  const text = mine.text();
  await app.services.streams.askAll();
  expect(await text).toContain(ending);
  const asked = app.get("/backend-api/v2/runs", { headers: bob.headers });
  expect(await (await asked).json()).toContainEqual(expect.objectContaining({ state: "running" }));
  await reader?.cancel();
});
