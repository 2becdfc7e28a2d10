import { describe, expect, expectTypeOf, test } from "bun:test";
import { createClient } from "../../client/index.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { openaiText, openUpstream } from "../support/scripted-upstream.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("a route, as clients call it", () => {
  test("takes files as they are, and gives them back as bytes, and texts as texts", async () => {
    await using app = await openApp();
    const { api, root } = createClient(app.origin);
    const bucket = api.files({ bucket_id: "b" });
    const files = [new File(["42"], "number.txt"), new File([png], "dot.png")];
    const uploaded = await bucket.post({ files });
    expect(uploaded.data?.files).toEqual(["number.txt"]);
    expect((await bucket.post({ files: new File(["one"], "one.txt") })).data?.files).toEqual(["one.txt"]);

    const { data: text } = await bucket.get();
    expect(text).toStartWith("<!-- File: number.txt -->\n42\n");
    expectTypeOf(text).toEqualTypeOf<string | null>();
    const { data: bytes } = await root.files({ bucket_id: "b" }).media({ name: "dot.png" }).get();
    expectTypeOf(bytes).toEqualTypeOf<Blob | null>();
    expect(await bytes?.bytes()).toEqual(new Uint8Array(png));
    const told = [];
    for await (const { data } of (await bucket.stream.get()).data ?? []) told.push(data.action);
    expect(told.at(-1)).toBe("done");
  });

  test("takes a conversation, alone or in a form with files, and gives its events", async () => {
    using upstream = openUpstream(() => openaiText("Hello"));
    await using app = await openApp({ yaml: providerYaml({ name: "one", origin: upstream.origin }) });
    const { api } = createClient(app.origin);
    const asked = { messages: [{ role: "user" as const, content: "hi" }], provider: "one" };
    for (const body of [asked, { json: asked, files: new File(["a,b"], "table.csv") }]) {
      const { data } = await api.conversation.post(body);
      const texts = [];
      for await (const { data: event } of data ?? []) if (event.type === "content") texts.push(event.content);
      expect(texts.join("")).toBe("Hello");
    }
    expect(upstream.requests[1]?.body).toContain("table.csv");
    // @ts-expect-error a name that no request has
    await api.conversation.post({ mesages: [] });
    // @ts-expect-error a name that no form has
    await api.conversation.post({ json: asked, file: new File([], "x") });
  });

  test("takes files of chats and of cookies, and any chat that is shared", async () => {
    await using app = await openApp();
    const { api } = createClient(app.origin);
    const chat = { chat_id: "c", title: "T", messages: [{ role: "user" as const, content: "hi" }] };
    expect((await api.chats.post(chat)).status).toBe(201);
    const { data: all } = await api.chats.export.get();
    expect(all?.[0]?.messages[0]?.message.content).toBe("hi");
    const file = new File([JSON.stringify(all)], "chats.json");
    expect((await api.chats.import.post({ file })).data).toMatchObject({ unchanged: 1 });
    expect((await api.chats.import.post(all ?? [])).data).toMatchObject({ unchanged: 1 });
    expect((await api.chats({ chat_id: "c" }).export.get({ query: { format: "markdown" } })).data).toContain("# T");
    const shared = { updated: 1, title: "2024-01-01T00:00:00Z" };
    expect((await api.chat({ share_id: "s" }).post(shared)).data?.updated).toBe(1);
    expect((await api.chat({ share_id: "s" }).get()).data).toEqual(shared);
    const jar = new File([JSON.stringify([{ domain: "a.example", name: "n", value: "v" }])], "cookies.json");
    expect((await api.upload_cookies.post({ file: jar })).error).toBeNull();
  });

  test("takes what is known of users in either form, and what a client has used", async () => {
    await using app = await openApp();
    const { api } = createClient(app.origin);
    const known = api.memory({ user_id: "u" });
    expect((await known.post({ memory: "likes tea" })).data?.count).toBe(1);
    expect((await known.post({ items: [{ role: "user", content: "likes coffee" }] })).data?.count).toBe(1);
    const { data } = await known.get({ query: { search: "tea" } });
    expect(data).toMatchObject([{ memory: "likes tea" }]);
    expect((await known.get()).data).toMatchObject({ count: 2 });
    expect((await api.usage.post({ model: "m", total_tokens: 3 })).error).toBeNull();
    const { data: rows } = await api.usage.get();
    expect(rows).toBeTypeOf("string");
    // @ts-expect-error a name that no memory has
    await known.post({ memori: "x" });
  });

  test("refuses with a code that its status has", async () => {
    await using app = await openApp();
    const { api } = createClient(app.origin);
    const { error } = await api.quota({ provider: "nobody" }).get();
    if (error?.status !== 404) throw new Error("expected a 404");
    expect(error.value.error.code).toBe("provider_not_found");
    expectTypeOf(error.value.error.code).toEqualTypeOf<"not_found" | "provider_not_found" | "model_not_found">();
    const other = await api.runs({ run_id: "gone" }).get();
    if (other.error) expectTypeOf(other.error.value.error.code).toEqualTypeOf<ErrorCode>();
    expect(other.error?.value).toMatchObject({ error: { code: "not_found" } });
  });
});
