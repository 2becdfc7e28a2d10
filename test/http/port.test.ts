import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { takePort } from "../../src/port.ts";
import { openServer } from "../../src/server.ts";
import { openServices } from "../../src/services.ts";

test("who comes before there is anybody to answer is answered as all are: a request, a body, a socket", async () => {
  const directory = mkdtempSync(join(tmpdir(), "parley-test-"));
  const flags = { port: "0", data_dir: directory, discovery: "false", drain_timeout: "1", search_engines: "off" };
  const config = loadConfig({ environment: {}, flags });
  const port = takePort(config);
  const socket = new WebSocket(`${port.origin.replace("http", "ws")}/backend-api/v2/channel`, "backend.v2");
  const answered = new Promise<string>((resolve) => {
    socket.addEventListener("open", () => socket.send('{"op":"ping","id":"p"}'));
    socket.addEventListener("message", ({ data }) => resolve(String(data)));
    socket.addEventListener("close", ({ code }) => resolve(`closed with ${code}`));
  });
  const probed = fetch(`${port.origin}/healthz`);
  const body = JSON.stringify({ messages: [{ role: "user", content: "What is 17 * 3?" }] });
  const asked = fetch(`${port.origin}/backend-api/v2/conversation`, { method: "POST", body });
  // All three have come by then.
  while (port.server.pendingRequests < 3) await Bun.sleep(5);

  await using services = openServices(config, { writeLog: () => {} });
  const server = await openServer(services, port);
  expect([(await probed).status, JSON.parse(await answered)]).toEqual([200, { id: "p", type: "pong" }]);
  expect(await (await asked).text()).toContain("51");
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});
