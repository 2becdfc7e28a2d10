import { expect, test } from "bun:test";
import { isKeyLike, keysWithin, toShownAddress } from "../../src/lib/key-like.ts";

const key = "4f9a1c27be8d4e0193aa";

test.each([
  ["https://api.example.com/v1", "https://api.example.com/v1"],
  ["https://api.example.com/v1/", "https://api.example.com/v1"],
  ["http://127.0.0.1:11434", "http://127.0.0.1:11434"],
  [
    "https://a.example/openai/deployments/gpt-4o-mini-2024-07-18",
    "https://a.example/openai/deployments/gpt-4o-mini-2024-07-18",
  ],
  [`https://mcp.example/s/${key}/mcp`, "https://mcp.example/s/…/mcp"],
  [`https://mcp.example/sse?key=${key}`, "https://mcp.example/sse?…"],
  ["https://mcp.example/?k=a%20b", "https://mcp.example/?…"],
])("%s is shown as %s", (address, shown) => {
  expect(toShownAddress(address)).toBe(shown);
});

test("what may be a key in an address is known as it is, and as it is spelled", () => {
  expect(keysWithin(`https://mcp.example/s/${key}/mcp?a=b%20c&d`)).toEqual([key, "b c", "b%20c", "d"]);
  expect(keysWithin("https://api.example.com/v1")).toEqual([]);
});

test("words, versions, dates and paths are no keys", () => {
  for (const word of [
    "--verbose",
    "/usr/local/share/something-long",
    "claude-sonnet-4-20250514",
    "server-filesystem@2026.1.14",
  ])
    expect([word, isKeyLike(word)]).toEqual([word, false]);
  for (const secret of [key, `--api-key=${key}`, "550e8400-e29b-41d4-a716-44665544000f"])
    expect([secret, isKeyLike(secret)]).toEqual([secret, true]);
});
