import { describe, expect, test } from "bun:test";
import { createApp } from "../../src/app.ts";
import { idleSeconds } from "../../src/http/body.ts";
import { jsonBody } from "../../src/http/json-body.ts";
import { openApp } from "../support/app.ts";

/** A request, and how long its connection could be idle, one after the other: 0 for ever. */
function connect(body: string) {
  const told: number[] = [];
  const request = new Request("http://localhost/", { method: "POST", body });
  return { request, told, server: { timeout: (_: Request, seconds: number) => void told.push(seconds) } };
}

describe("a body of JSON", () => {
  test("may come as slowly as bodies may, and no connection is left that may be idle for ever", async () => {
    const { parse } = jsonBody(100, ({ a }) => a);
    const whole = connect('{"a":1}');
    expect(await parse(whole)).toBe(1);
    const broken = connect("{");
    await expect(parse(broken)).rejects.toMatchObject({ reason: "invalid_json" });
    for (const { told } of [whole, broken]) expect(told).toEqual([0, idleSeconds]);
  });

  test("is read so by every route that checks it as it is read", async () => {
    await using app = await openApp();
    const parsing = createApp(app.services).routes.flatMap(({ method, path, hooks }) =>
      [hooks.parse].flat().flatMap((hook) => {
        const parse: unknown = hook?.fn ?? hook;
        return typeof parse === "function" ? { name: `${method} ${path}`, parse } : [];
      }),
    );
    expect(parsing.map(({ name }) => name)).toContain("POST /backend-api/v2/memory/:user_id");
    for (const { name, parse } of parsing) {
      const connection = connect("{");
      await Promise.resolve(parse(connection)).catch(() => {});
      expect([name, ...connection.told]).toEqual([name, 0, idleSeconds]);
    }
  });
});
