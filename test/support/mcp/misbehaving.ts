import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * A program that speaks MCP badly, in the way that its argument says. It answers what it answers by hand.
 */

const [way = ""] = process.argv.slice(2);
const send = (...messages: readonly unknown[]) =>
  void process.stdout.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
const tool = (name: string) => ({ name, inputSchema: { type: "object" } });
let pages = 0;

if (way === "exits") process.exit(7);
// Written at once, so that it ends with who reads it rather than fills the memory.
if (way === "floods") for (;;) writeSync(1, "x".repeat(1024 * 1024));
if (way === "shouts") for (let n = 0; n < 100_000; n++) process.stderr.write(`line ${n} of noise\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method } = JSON.parse(line);
  if (way === "mute") continue;
  if (method === "initialize") {
    if (way === "babbles") process.stdout.write("Server ready on stdio!\n{not json}\n[1]\n");
    send({
      jsonrpc: "2.0",
      id,
      result: {
        protocolVersion: way === "ancient" ? "1999-01-01" : "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "bad", version: "1" },
      },
    });
    // A client asks nothing of a server that the server may not ask of it.
    send({ jsonrpc: "2.0", id: "theirs", method: "sampling/createMessage", params: {} });
  } else if (id === "theirs") process.stderr.write(`answered: ${line}\n`);
  else if (method === "tools/list") {
    if (way === "endless") {
      pages++;
      send({ jsonrpc: "2.0", id, result: { tools: [tool(`t${pages}`)], nextCursor: `c${pages}` } });
    } else if (way === "many")
      send({ jsonrpc: "2.0", id, result: { tools: Array.from({ length: 10_000 }, (_, n) => tool(`t${n}`)) } });
    else if (way === "absurd")
      send({
        jsonrpc: "2.0",
        id,
        result: {
          tools: [
            null,
            7,
            { name: 3 },
            { name: "" },
            { name: "x".repeat(200) },
            { name: "heavy", inputSchema: { type: "object", description: "y".repeat(40_000) } },
            { name: "a b/c.d", description: "z".repeat(5000), inputSchema: "none" },
            { name: "a_b_c_d", inputSchema: { type: "object" } },
          ],
        },
      });
    else if (way === "changes") {
      const list = { jsonrpc: "2.0", id, result: { tools: [tool(`t${++pages}`)] } };
      send(list, ...(pages === 1 ? [{ jsonrpc: "2.0", method: "notifications/tools/list_changed" }] : []));
    } else send({ jsonrpc: "2.0", id, result: { tools: [tool("work")] } });
  } else if (method === "tools/call") {
    // It reads no more of what it is sent.
    if (way === "deaf") for (;;) await new Promise((resolve) => setTimeout(resolve, 1000));
    if (way === "refuses")
      send({ jsonrpc: "2.0", id, error: { code: -32603, message: "no, with token canary-env-value" } });
    else if (way === "dies") process.exit(9);
    else if (way === "lies") send({ jsonrpc: "2.0", id, result: "fine" });
    else if (way === "odd")
      send({ jsonrpc: "2.0", id, result: { content: [null, 5, { type: "odd" }, { type: "image", data: "%%" }] } });
    else if (way !== "hangs")
      send({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: `${way}: done` }] } });
  }
}
