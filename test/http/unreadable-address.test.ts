import { afterAll, describe, expect, test } from "bun:test";
import { openApp } from "../support/app.ts";
import { makeKey } from "../support/keys.ts";
import { askRaw } from "../support/raw-request.ts";

/** What `URL` takes for no host, and Bun's server for one. */
const hosts = ["[::1", "::1", "%", "a%zz", "a%00b", "a:b", "a:99999", "xn--", "1.2.3.4.5", "256.256.256.256"];

describe.each([
  ["without anything else", {}],
  ["behind a proxy", { trusted_proxies: "loopback" }],
  ["with an address of its own", { public_url: "https://chat.example.com" }],
])("a server %s", (_, flags) => {
  const opened = openApp({ flags });
  afterAll(async () => (await opened)[Symbol.asyncDispose]());

  test.each([false, true])(
    "refuses what names no host, by any method and at any address, closed: %p",
    async (closed) => {
      const app = await opened;
      const key = closed ? (await makeKey(app, "ann", { role: "admin" })).headers.authorization : "none";
      const more = `authorization: ${key}\r\norigin: http://[::1]\r\nidempotency-key: one\r\n`;
      const wrong: unknown[] = [];
      for (const host of hosts)
        for (const asked of [
          "GET /healthz",
          "HEAD /",
          "GET /v1/models",
          "POST /mcp",
          "POST /backend-api/v2/conversation",
        ]) {
          const answer = await askRaw(
            app.origin,
            `${asked} HTTP/1.1\r\nhost: ${host}\r\n${more}content-length: 0\r\nconnection: close\r\n\r\n`,
          );
          const isTold = asked.startsWith("HEAD") || answer.includes('{"error":{"message":"');
          if (!answer.startsWith("HTTP/1.1 400") || !isTold) wrong.push([host, asked, answer]);
        }
      expect(wrong).toEqual([]);
      expect(app.logged.filter((line) => line.includes('"error"'))).toEqual([]);
    },
  );
});
