import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type OpenAI, toFile } from "openai";
import type { ApiError } from "../../../src/protocol/errors.ts";
import { resolveFileIds } from "../../../src/routes/dialects/file-ids.ts";
import { openApp, providerYaml, type TestApp } from "../../support/app.ts";
import { createOpenai, openClientOf, refusalOf, thrownBy } from "../../support/openai-client.ts";
import { openaiText, openUpstream, type ScriptedUpstream } from "../../support/scripted-upstream.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const note = () => toFile(Buffer.from("The moon is round.\n"), "note.txt");
const damaged = Buffer.from("%PDF-1.7\nbroken");

describe("files, by OpenAI's own client", () => {
  let upstream: ScriptedUpstream;
  let app: TestApp;
  let ada: OpenAI;
  let bob: OpenAI;
  beforeAll(async () => {
    upstream = openUpstream(() => openaiText("read"));
    app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    ada = await openClientOf(app, "ada");
    bob = await openClientOf(app, "bob");
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });

  test("are kept, told of, given back and deleted", async () => {
    const made = await ada.files.create({ file: await note(), purpose: "user_data" });
    expect(made).toMatchObject({
      object: "file",
      filename: "note.txt",
      bytes: "The moon is round.\n".length,
      purpose: "user_data",
      status: "processed",
    });
    expect(made.id).toMatch(/^file-user_data-[\w-]{22}$/);
    expect(Math.abs(made.created_at - Date.now() / 1000)).toBeLessThan(60);
    expect(await ada.files.retrieve(made.id)).toEqual(made);
    expect(await ada.files.waitForProcessing(made.id)).toEqual(made);
    expect(await (await ada.files.content(made.id)).text()).toBe("The moon is round.\n");
    expect(await ada.files.delete(made.id)).toEqual({ id: made.id, object: "file", deleted: true });
    expect(await refusalOf(() => ada.files.retrieve(made.id))).toEqual([404, "not_found"]);
    expect(await refusalOf(() => ada.files.content(made.id))).toEqual([404, "not_found"]);
    expect(await refusalOf(() => ada.files.delete(made.id))).toEqual([404, "not_found"]);
  });

  test("that are pictures come back as they were", async () => {
    const made = await ada.files.create({ file: await toFile(png, "dot.png"), purpose: "vision" });
    const response = await ada.files.content(made.id);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(png);
    await ada.files.delete(made.id);
  });

  test("are buckets to our own API as well", async () => {
    const made = await ada.files.create({ file: await note(), purpose: "assistants" });
    const headers = { authorization: `Bearer ${ada.apiKey}` };
    const bucket = await app.get(`/backend-api/v2/files/${made.id}`, { headers });
    expect(await bucket.text()).toContain("The moon is round.");
    await ada.files.delete(made.id);
    expect((await app.get(`/backend-api/v2/files/${made.id}`, { headers })).status).toBe(404);
  });

  test("may be named by messages: their text and their media take the place of the part", async () => {
    const text = await ada.files.create({ file: await note(), purpose: "user_data" });
    const picture = await ada.files.create({ file: await toFile(png, "dot.png"), purpose: "vision" });
    const naming = (file_id: string) => ({ type: "file", file: { file_id } });
    const resolve = (owner: string, ...content: object[]) =>
      resolveFileIds([{ role: "user", content }], owner, app.services.buckets);
    expect(await resolve("ada", naming(text.id), { type: "text", text: "and" }, naming(picture.id))).toEqual([
      {
        role: "user",
        content: [{ bucket_id: text.id }, { type: "text", text: "and" }, { bucket_id: picture.id, name: "dot.png" }],
      },
    ]);
    for (const [owner, count, reason] of [
      ["bob", 1, "not_found"],
      ["ada", 51, "invalid_request"],
    ] as const) {
      const asked = resolve(owner, ...Array.from({ length: count }, () => naming(text.id)));
      expect(await asked.catch((thrown: ApiError) => thrown.reason)).toBe(reason);
    }
    await Promise.all([text, picture].map(({ id }) => ada.files.delete(id)));
  });

  test("are read by models that are asked of them, in chats and in responses", async () => {
    const { id } = await ada.files.create({ file: await note(), purpose: "user_data" });
    const ways: readonly ((client: OpenAI) => Promise<unknown>)[] = [
      (client) =>
        client.chat.completions.create({
          model: "m",
          messages: [{ role: "user", content: [{ type: "file", file: { file_id: id } }] }],
        }),
      (client) =>
        client.responses.create({
          model: "m",
          input: [{ role: "user", content: [{ type: "input_file", file_id: id }] }],
        }),
    ];
    for (const ask of ways) {
      const before = upstream.requests.length;
      await ask(ada);
      expect(upstream.requests.slice(before).map(({ body }) => body.includes("The moon is round."))).toEqual([true]);
      expect(await refusalOf(() => ask(bob))).toEqual([404, "not_found"]);
    }
    await ada.files.delete(id);
  });

  test("are listed a page at a time, in both directions, and by what they are for", async () => {
    const ids: string[] = [];
    for (const purpose of ["user_data", "evals", "user_data", "user_data"] as const)
      ids.push((await ada.files.create({ file: await note(), purpose })).id);
    const listed = async (asked: OpenAI.FileListParams) => {
      const found: string[] = [];
      for await (const { id } of ada.files.list(asked)) found.push(id);
      return found;
    };
    expect(await listed({ limit: 3 })).toEqual(ids.toReversed());
    expect(await listed({ limit: 1, order: "asc" })).toEqual(ids);
    expect(await listed({ limit: 2, purpose: "user_data", order: "asc" })).toEqual(ids.filter((_, at) => at !== 1));
    expect(await listed({ after: ids[1] ?? "", order: "asc" })).toEqual(ids.slice(2));
    const page = await ada.files.list({ limit: 4 });
    expect([page.has_more, page.data.length]).toEqual([false, 4]);
    // A bucket of another kind is no file: who deletes all of them means no others.
    const body = new FormData();
    body.append("files", new File(["mine"], "mine.txt"));
    const headers = { authorization: `Bearer ${ada.apiKey}` };
    await app.get("/backend-api/v2/files/mine", { method: "POST", body, headers });
    expect(await listed({})).toHaveLength(4);
    expect(await refusalOf(() => ada.files.delete("mine"))).toEqual([404, "not_found"]);
  });

  test("are those of their owner alone", async () => {
    const { id } = await ada.files.create({ file: await note(), purpose: "user_data" });
    expect((await bob.files.list()).data).toEqual([]);
    const asked = [
      () => bob.files.retrieve(id),
      () => bob.files.content(id),
      () => bob.files.delete(id),
      () => bob.files.list({ after: id }),
    ];
    for (const ask of asked) expect(await refusalOf(ask)).toEqual([404, "not_found"]);
    expect(await refusalOf(() => createOpenai(app).files.list())).toEqual([401, "invalid_api_key"]);
    expect((await ada.files.retrieve(id)).id).toBe(id);
  });

  const refused: readonly (readonly [string, () => Promise<unknown>, number, RegExp])[] = [
    [
      "a damaged document",
      async () => ada.files.create({ file: await toFile(damaged, "a.pdf"), purpose: "user_data" }),
      400,
      /^400 file: /,
    ],
    [
      "bytes that are nothing",
      async () => ada.files.create({ file: await toFile(Buffer.alloc(64), "a.bin"), purpose: "evals" }),
      400,
      /^400 file: /,
    ],
    [
      "another purpose",
      async () => ada.files.create({ file: await note(), purpose: "fun" as "evals" }),
      400,
      /purpose: expected one of/,
    ],
    [
      "an order that is none",
      () => ada.files.list({ order: "up" as "asc" }).asResponse(),
      400,
      /order: expected asc or desc/,
    ],
    ["a limit that is none", () => ada.files.list({ limit: -1 }).asResponse(), 400, /limit: expected a number from 1/],
    ["a purpose that is none", () => ada.files.list({ purpose: "fun" }).asResponse(), 400, /purpose: expected one of/],
    ["an id that is a path", () => ada.files.retrieve("../../keys"), 404, /./],
    ["a form without a file", () => ada.post("/files", { body: form({ purpose: "evals" }) }), 400, /needs one file/],
    ["a body that is no form", () => ada.post("/files", { body: { purpose: "evals" } }), 400, /multipart\/form-data/],
    ["another method", () => ada.put("/files"), 405, /PUT is not possible/],
  ];
  test.each(refused)("%s is refused in their words, and nothing is kept", async (_, ask, status, message) => {
    const before = (await ada.files.list()).data.length;
    expect(await thrownBy(ask)).toMatchObject({
      status,
      message: expect.stringMatching(message),
      requestID: expect.any(String),
    });
    expect((await ada.files.list()).data).toHaveLength(before);
  });
});

function form(fields: Readonly<Record<string, string>>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
}
