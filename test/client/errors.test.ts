import { describe, expect, test } from "bun:test";
import { createClient, isParleyError, ParleyError, unwrap } from "../../client/index.ts";
import { collect, failureOf, question, withClient } from "../support/client.ts";
import { answer, openaiText } from "../support/scripted-upstream.ts";

const key = "pk-test-0123456789";
const closed = { flags: { access_key: key } };
const greeting = () => openaiText("Hello");

describe("a key", () => {
  test("that is wrong is refused everywhere with access_denied", () =>
    withClient(greeting, { app: closed, key: "wrong" }, async ({ client }) => {
      const refused = { code: "access_denied", status: 401, isRetryable: false, requestId: expect.any(String) };
      expect(await failureOf(collect(client.chat(question)))).toMatchObject(refused);
      expect(await failureOf(client.chat(question).text())).toMatchObject(refused);
      expect(await failureOf(client.chat(question).runId)).toMatchObject(refused);
      expect(await failureOf(unwrap(client.api.models.get()))).toMatchObject(refused);
      expect(await failureOf(client.upload("b", new File(["text"], "a.txt")))).toMatchObject(refused);
      const failure = await failureOf(client.chat(question).text());
      expect(Bun.inspect(failure)).not.toContain("wrong");
    }));

  test("goes with each request as a header alone, and may change from one to the next", () => {
    const keys = [key, "wrong", `${key}\n`];
    return withClient(greeting, { app: closed, key: async () => keys.shift() }, async ({ client, proxy }) => {
      expect(await client.chat(question).text()).toBe("Hello");
      expect(await failureOf(unwrap(client.api.models.get()))).toMatchObject({ code: "access_denied" });
      expect(await unwrap(client.api.models.get())).toHaveLength(2);
      expect(proxy.requests.join()).not.toContain(key);
    });
  });

  test("that no header can hold is refused before anything is sent, and is not repeated", async () => {
    for (const given of [{ key: "söcret" }, { headers: { "x-api-key": "söcret✗" } }]) {
      const client = createClient("http://127.0.0.1:1", given);
      const failures = [
        client.chat(question).text(),
        unwrap(client.api.models.get()),
        client.upload("b", new File(["text"], "a.txt")),
        ...("key" in given ? [client.channel().ping()] : []),
      ].map(failureOf);
      for (const failure of await Promise.all(failures)) {
        expect(failure).toMatchObject({ code: "invalid_request", isRetryable: false });
        expect(Bun.inspect(failure)).toContain(Object.keys(given)[0]!);
        expect(Bun.inspect(failure)).not.toContain("söcret");
      }
    }
  });

  test("goes beside headers of the caller's own", async () => {
    using server = Bun.serve({ port: 0, fetch: ({ headers }) => Response.json(Object.fromEntries(headers)) });
    const client = createClient(server.url.origin, { key, headers: () => ({ "X-Team": "blue" }) });
    const sent = { authorization: `Bearer ${key}`, "x-team": "blue" };
    expect((await client.api.models.get()).data).toMatchObject(sent);
  });
});

describe("a failure", () => {
  test("of the run is an event in the loop, and thrown by text", () =>
    withClient(
      () => answer(429, { error: { message: "slow down" } }),
      {},
      async ({ client }) => {
        const asked = client.chat(question);
        const events = await collect(asked);
        expect(events.find(({ type }) => type === "error")).toMatchObject({ error: "RateLimitError" });
        expect(await failureOf(asked.text())).toMatchObject({
          code: "run_failed",
          class: "RateLimitError",
          isRetryable: true,
        });
      },
    ));

  test("of a key at the vendor's is one of the run as well, and no use trying again", () =>
    withClient(
      () => answer(401, { error: { message: "no" } }),
      {},
      async ({ client }) => {
        const refused = { code: "run_failed", class: "MissingAuthError", isRetryable: false };
        expect(await failureOf(client.chat(question).text())).toMatchObject(refused);
      },
    ));

  test("of the question is a refusal, with the server's own words", () =>
    withClient(greeting, {}, async ({ client }) => {
      const failure = await failureOf(client.chat({ ...question, provider: "Nobody" }).text());
      expect(failure).toMatchObject({ code: "provider_not_found", status: 404 });
      expect(String(failure)).toContain("Nobody");
    }));

  test("of a server that is not there is connection_failed, by every way", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const { origin } = server.url;
    await server.stop(true);
    const client = createClient(origin);
    const failed = { name: "ParleyError", code: "connection_failed", status: 0, isRetryable: true };
    expect(await failureOf(client.chat(question, { giveUpAfterMs: 50 }).text())).toMatchObject(failed);
    expect(await failureOf(unwrap(client.api.models.get()))).toMatchObject(failed);
    expect(await failureOf(client.upload("b", new Blob(["x"])))).toMatchObject(failed);
  });

  test("is told apart from others, also from those of another copy of the client", () => {
    const failure = new ParleyError("rate_limited", "later", { retryAfterMs: 5 });
    expect(failure).toBeInstanceOf(ParleyError);
    expect(isParleyError(failure)).toBe(true);
    expect(isParleyError(Object.assign(new Error("theirs"), { name: "ParleyError" }))).toBe(true);
    expect(isParleyError(new Error("other"))).toBe(false);
    // That this compiles is the test.
    const waitMs: number | undefined = failure.code === "rate_limited" ? failure.retryAfterMs : undefined;
    const failed = failure.code === "run_failed" ? failure.class : undefined;
    expect([waitMs, failed]).toEqual([5, undefined]);
  });
});

describe("a route", () => {
  test("gives what it answers, typed, or throws its refusal", () =>
    withClient(greeting, {}, async ({ client }) => {
      const models = await unwrap(client.api.models.get());
      expect(models.map(({ name }) => name)).toContain("m");
      const missing = client.api.runs({ run_id: "none" }).get();
      expect(await failureOf(unwrap(missing))).toMatchObject({ code: "not_found", status: 404 });
    }));

  test("that is given up throws cancelled", () =>
    withClient(greeting, {}, async ({ client }) => {
      const asked = client.api.models.get({ fetch: { signal: AbortSignal.abort() } });
      expect(await failureOf(unwrap(asked))).toMatchObject({ code: "cancelled" });
    }));
});

describe("an origin", () => {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return Response.json([]);
  };
  const addressOf = async (origin: string) => {
    await createClient(origin, { fetch }).api.models.get();
    return asked.pop()?.replace("/backend-api/v2/models", "");
  };

  test("may end with a slash, have a path before the server's own, and lack its scheme", async () => {
    expect(await addressOf("http://127.0.0.1:7337")).toBe("http://127.0.0.1:7337");
    expect(await addressOf("https://parley.example.com/")).toBe("https://parley.example.com");
    expect(await addressOf("https://example.com/ai//")).toBe("https://example.com/ai");
    expect(await addressOf("parley.example.com/ai")).toBe("https://parley.example.com/ai");
    expect(await addressOf("localhost:7337")).toBe("http://localhost:7337");
    expect(await addressOf(" 127.0.0.1:7337 ")).toBe("http://127.0.0.1:7337");
    expect(await addressOf("[::1]:7337")).toBe("http://[::1]:7337");
    expect(await addressOf("localhost.example.com")).toBe("https://localhost.example.com");
  });

  test("that is none is refused at once, and not repeated: there may be a key in it", () => {
    for (const origin of ["", "/ai", "ftp://example.com", "http://", "https://example.com?key=s3cret"])
      expect(() => createClient(origin)).toThrow(/^origin: expected (?!.*s3cret)/);
    expect(() => createClient("https://user:s3cret@example.com")).toThrow(/^origin: expected (?!.*s3cret)/);
  });
});
