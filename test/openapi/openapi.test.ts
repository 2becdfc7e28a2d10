import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv2020 from "ajv/dist/2020.js";
import { createApp } from "../../src/app.ts";
import { tagOf } from "../../src/openapi/tags.ts";
import { ChannelOp, ControlFrame } from "../../src/protocol/channel.ts";
import { RunEvent } from "../../src/protocol/events.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { openaiText, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}
interface Schema {
  readonly properties?: Readonly<Record<string, { const?: string; description?: string; type?: unknown }>>;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly oneOf?: readonly { $ref: string }[];
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> };
}
interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

let upstream: ScriptedUpstream;
let app: TestApp;
let document: Document;
beforeAll(async () => {
  upstream = openUpstream(() => openaiText("Hello ", "there"));
  app = await openApp({ yaml: providerYaml({ name: "one", origin: upstream.origin }) });
  document = await (await app.get("/openapi.json")).json();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );

describe("the document of the API", () => {
  test("is OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as unknown as Record<string, unknown>,
    );
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.openapi).toStartWith("3.1");
  });

  test("names every route that is not hidden, the channel, and nothing else", () => {
    const routes = createApp(app.services)
      .routes.filter(({ method, hooks }) => method === "WS" || !hooks.detail?.hide)
      .map(({ method, path }) => {
        const plain = path.length > 1 ? path.replace(/\/$/, "") : path;
        return `${method.replace("WS", "GET")} ${plain.replace(/\*$/, ":name").replaceAll(/:(\w+)/g, "{$1}")}`;
      });
    expect(
      operations()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(routes.sort());
  });

  test("says of each route what it is, under one name of its own and a tag that there is", () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { name, operation } of operations()) {
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/\w/)]);
      expect([name, tagOf(name.slice(name.indexOf("/")))]).toEqual([name, operation.tags[0]]);
      expect(tags).toContain(operation.tags[0] ?? "");
      expect(operation.responses).toHaveProperty("default");
    }
    const used = new Set(operations().flatMap(({ operation }) => operation.tags));
    expect([...used].sort()).toEqual([...tags].sort());
  });

  test("refers to nothing that is not there", () => {
    const references = [...JSON.stringify(document).matchAll(/"(#\/[^"]+)"/g)].map(([, reference = ""]) => reference);
    expect(references.length).toBeGreaterThan(100);
    for (const reference of new Set(references)) {
      const steps = reference.slice(2).split("/");
      const found = steps.reduce<unknown>((value, step) => Object(value)[step], document);
      expect([reference, typeof found]).toEqual([reference, "object"]);
    }
  });

  test("has a schema, words and an example for every event, and one for every frame", () => {
    const { schemas } = document.components;
    const { validator } = createValidators();
    const types = RunEvent.anyOf.map(({ properties }) => properties.type.const);
    expect(Object.keys(schemas.RunEvent?.discriminator?.mapping ?? {})).toEqual(types);
    for (const [type, reference] of Object.entries(schemas.RunEvent?.discriminator?.mapping ?? {})) {
      const schema = schemas[reference.replace(/.*\//, "")];
      expect([type, schema?.properties?.type?.const]).toEqual([type, type]);
      expect([type, schema?.description]).toEqual([type, expect.stringMatching(/\w/)]);
      for (const example of schema?.examples ?? [undefined])
        expect(validator("#/components/schemas/RunEvent")(example)).toBe(true);
    }
    expect(schemas.ChannelOp?.oneOf).toHaveLength(ChannelOp.anyOf.length);
    expect(schemas.ControlFrame?.oneOf).toHaveLength(ControlFrame.anyOf.length);
  });

  test("takes its words from the contract, each where it stands", () => {
    const { RunInfo, ChatRequest, Quota, ChatPage } = document.components.schemas;
    expect(RunInfo?.description).toBe("A run as it stands now. Times are ISO 8601, UTC.");
    expect(RunInfo?.properties?.sequence?.description).toBe("The number of its last event.");
    expect(Quota?.properties?.unit?.type).toEqual(["string", "null"]);
    // Of objects that it is made of.
    expect(ChatRequest?.properties?.aspect_ratio?.description).toBe("`16:9`.");
    expect(ChatPage?.properties?.current_id?.description).toContain("the branch");
    const silent = Object.entries(document.components.schemas).filter(([, schema]) => !schema.description);
    expect(silent.map(([name]) => name)).toEqual([]);
    expect(JSON.stringify(document)).not.toMatch(/@throws|@example|\bTODO\b/);
  });

  test("says where no key is needed", () => {
    const { paths } = document;
    expect(paths["/healthz"]?.get?.security).toEqual([]);
    expect(paths["/openapi.json"]?.get?.security).toBeUndefined();
    expect(paths["/media/{name}"]?.get?.security?.[0]).toEqual({});
  });

  test("fits what the routes answer, and what they refuse with", async () => {
    const { validatorOf } = createValidators();
    await app
      .post({ messages: [{ role: "user", content: "hi" }], provider: "one", resumable: true, chat_id: "c" })
      .then((r) => r.text());
    const asked = [
      ["/backend-api/v2/providers"],
      ["/backend-api/v2/models"],
      ["/backend-api/v2/models/one", "/backend-api/v2/models/{provider}"],
      ["/backend-api/v2/runs"],
      ["/backend-api/v2/route"],
      ["/backend-api/v2/chats"],
      ["/backend-api/v2/chats/c", "/backend-api/v2/chats/{chat_id}"],
      ["/backend-api/v2/stats"],
      ["/backend-api/v2/memory/u", "/backend-api/v2/memory/{user_id}"],
      ["/backend-api/v2/version"],
      ["/openapi.json"],
    ];
    for (const [path = "", pattern = path] of asked) {
      const response = await app.get(path);
      expect([path, response.status]).toEqual([path, 200]);
      const validate = validatorOf(pattern, "get", "200", "application/json");
      validate(await response.json());
      expect([path, validate.errors]).toEqual([path, null]);
    }
    const refused = createValidators().validator("#/components/schemas/Failure");
    expect(refused(await (await app.get("/backend-api/v2/models/nobody")).json())).toBe(true);
  });

  test("knows what comes instead of the whole: nothing where the caller has it, or a part of it", () => {
    const statuses = (path: string) => Object.keys(document.paths[path]?.get?.responses ?? {});
    expect(statuses("/backend-api/v2/chat/{share_id}")).toEqual(["200", "304", "default"]);
    for (const path of ["/media/{name}", "/thumbnail/{name}", "/files/{bucket_id}/media/{name}"])
      expect(statuses(path)).toEqual(["200", "206", "304", "default"]);
  });

  test("fits what a stream says, event by event, in either form", async () => {
    const { validatorOf } = createValidators();
    const body = { messages: [{ role: "user", content: "hi" }], provider: "one" };
    const path = "/backend-api/v2/conversation";
    const sse = await (await app.post(body)).text();
    const lines = await (await app.post(body, { headers: { accept: "application/x-ndjson" } })).text();
    const events = {
      "text/event-stream": [...sse.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => json),
      "application/x-ndjson": lines.trim().split("\n"),
    };
    for (const [type, texts] of Object.entries(events)) {
      const validate = validatorOf(path, "post", "200", type);
      expect(texts.length).toBeGreaterThan(4);
      for (const text of texts) expect([text, validate(JSON.parse(text)), validate.errors]).toEqual([text, true, null]);
    }
  });

  test("is not sent again to whoever has it, and is closed as all else is", async () => {
    const first = await app.get("/openapi.json");
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("cache-control")).toBe("no-cache");
    // A proxy that compresses it makes the tag a weak one.
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await app.get("/openapi.json", { headers: { "if-none-match": known } });
      expect([known, again.status, await again.text()]).toEqual([known, 304, ""]);
    }
    await using closed = await openApp({ flags: { access_key: "test-key-0123456789" } });
    expect((await closed.get("/openapi.json")).status).toBe(401);
    expect((await closed.get("/openapi.json", { headers: { "x-api-key": "test-key-0123456789" } })).status).toBe(200);
  });
});

function createValidators() {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "api:", ...structuredClone(document) });
  const validator = (pointer: string) => ajv.compile({ $ref: `api:${pointer}` });
  const escaped = (step: string) => step.replaceAll("~", "~0").replaceAll("/", "~1");
  return {
    validator,
    validatorOf: (...[path, method, status, type]: readonly [string, string, string, string]) =>
      validator(
        `#/paths/${encodeURIComponent(escaped(path))}/${method}/responses/${status}/content/${encodeURIComponent(escaped(type))}/schema`,
      ),
  };
}
