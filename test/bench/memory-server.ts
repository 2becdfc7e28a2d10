/**
 * A server that watches its own event loop, for `memory.ts`. Arguments: its data directory, and the address of whoever makes
 * vectors. It says its port, and whenever it is asked, for how long its loop was held up since.
 */
import { loadConfig } from "../../src/config/load.ts";
import { openServer } from "../../src/server.ts";
import { openServices } from "../../src/services.ts";

const [directory = "", upstream = ""] = Bun.argv.slice(2);
const path = `${directory}/parley.yaml`;
const provider = { name: "A", type: "openai", base_url: upstream, api_key: "test-key-0123", models: ["m"] };
const embeddings = upstream === "" ? {} : { providers: [provider], memory_embeddings: "A/m" };
await Bun.write(path, Bun.YAML.stringify({ max_memories: 10 ** 10, ...embeddings }));
const config = loadConfig({
  environment: {},
  flags: { config: path, port: "0", data_dir: directory, discovery: "false", log_level: "error" },
});
const server = await openServer(openServices(config));

let [last, longest] = [performance.now(), 0];
setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - last - 1);
  last = now;
}, 1);
process.on("message", () => {
  process.send?.({ longest });
  longest = 0;
});
process.send?.({ origin: server.origin });
