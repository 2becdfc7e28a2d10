import { describe, expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";

const path = "/backend-api/v2/log";

const post = (app: TestApp, body: string | object, headers: Record<string, string> = {}) =>
  app.get(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });
const read = async (app: TestApp, query = "") => (await app.get(path + query)).json();

describe("the log of clients", () => {
  test("keeps any JSON object as it came, with where it came from and when; a client cannot say otherwise", async () => {
    await using app = await openApp({ clock: () => Date.parse("2026-06-01T12:00:00Z") });
    const body =
      '{"a":1,"deep":{"list":[null,"\\u0000 ü 😀"]},"__proto__":{"x":1},"origin":"forged","received_at":"never"}';
    const answered = await post(app, body, { origin: app.origin });
    expect([answered.status, await answered.json()]).toEqual([200, {}]);
    await post(app, {});
    const { entries, next } = await read(app);
    expect(next).toBeNull();
    const received_at = "2026-06-01T12:00:00.000Z";
    expect(entries[0]).toEqual({ origin: null, received_at });
    expect(JSON.stringify(entries[1])).toBe(
      `{"origin":"${app.origin}","received_at":"${received_at}","a":1,"deep":{"list":[null,"\\u0000 ü 😀"]},"__proto__":{"x":1}}`,
    );
    expect(app.logged.join("")).not.toContain("forged");
  });

  test("strikes out the keys of the settings, wherever they stand", async () => {
    const key = "sk-canary-0123456789";
    await using app = await openApp({ yaml: providerYaml({ name: "A", origin: "http://127.0.0.1:9", key }) });
    await post(app, { said: `key ${key}`, list: [[key]], [key]: 1 });
    const text = await (await app.get(path)).text();
    expect(text).not.toContain(key);
    expect(JSON.parse(text).entries[0]).toMatchObject({
      said: "key [redacted]",
      list: [["[redacted]"]],
      "[redacted]": 1,
    });
  });

  test("strikes out the keys that are given out here, of which the server knows the digests alone", async () => {
    await using app = await openApp();
    const access = `pk_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`;
    const shared = await app.get("/backend-api/v2/chat/s", { method: "POST", body: "{}" });
    const { write_key: write } = await shared.json();
    await post(app, { said: `Bearer\n${access}`, headers: { "x-write-key": write }, [access]: [write], other: "pk_1" });
    const { entries } = await read(app);
    expect(entries[0]).toMatchObject({
      said: "Bearer\n[redacted]",
      headers: { "x-write-key": "[redacted]" },
      "[redacted]": ["[redacted]"],
      other: "pk_1",
    });
  });

  test("leaves what only looks like a key once it is JSON, and stays JSON", async () => {
    const key = "n-canary-0123456789";
    await using app = await openApp({ yaml: providerYaml({ name: "A", origin: "http://127.0.0.1:9", key }) });
    const said = "one\n-canary-0123456789";
    await post(app, { said });
    expect((await read(app)).entries[0].said).toBe(said);
  });

  test("refuses what is no object, or too large", async () => {
    await using app = await openApp();
    for (const body of ["", "[]", "null", "5", '"a"', "{", '{"a":'.repeat(200) + "1" + "}".repeat(200)])
      expect([body, (await post(app, body)).status]).toEqual([body, 400]);
    expect((await post(app, { a: "x".repeat(65 * 1024) })).status).toBe(413);
    expect((await post(app, "{}", { origin: "https://evil.example" })).status).toBe(403);
    expect((await read(app)).entries).toEqual([]);
  });

  test("is read in pages, newest first", async () => {
    await using app = await openApp();
    for (let number = 0; number < 5; number++) await post(app, { number });
    const numbers: number[] = [];
    let next: string | null = `${path}?limit=2`;
    while (next !== null) {
      const page = await (await app.get(next)).json();
      expect(page.entries.length).toBeLessThanOrEqual(2);
      numbers.push(...page.entries.map((entry: { number: number }) => entry.number));
      next = page.next;
    }
    expect(numbers).toEqual([4, 3, 2, 1, 0]);
    for (const query of ["?limit=0", "?limit=1001", "?limit=x", "?before=-1", "?before=1e9"])
      expect([query, (await app.get(path + query)).status]).toEqual([query, 400]);
  });

  test("takes no more room and time than it may: the oldest go", async () => {
    let now = Date.parse("2026-06-01T12:00:00Z");
    await using app = await openApp({ clock: () => now, flags: { max_log: String(1024 * 1024), log_retention: "2" } });
    for (let number = 0; number < 40; number++) await post(app, { number, text: "x".repeat(60_000) });
    const { entries, next } = await read(app);
    expect([entries[0].number, next]).toEqual([39, null]);
    expect(entries.length).toBeLessThan(18);
    now += 86_400_000;
    await post(app, { number: 40 });
    now += 86_400_001;
    await app.services.expiry.sweep();
    expect((await read(app)).entries).toMatchObject([{ number: 40 }]);
  });
});
