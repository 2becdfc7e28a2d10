import { Command } from "commander";
import { onOutputClosed, print } from "../lib/log.ts";
import { serveStdio } from "../mcp/stdio.ts";
import { localCaller } from "../protocol/caller.ts";
import { openServices } from "../services.ts";
import { withExamples } from "./examples.ts";
import { readConfigOnce, withSettings } from "./settings.ts";

export function mcpCommand(): Command {
  const command = new Command("mcp")
    .description("give other programs' models Parley's tools (MCP), on standard input and output; no server is needed")
    .addHelpText("after", `\nWhat programs want in their configuration:\n${configuration}`)
    .action(async (options: Readonly<Record<string, unknown>>) => {
      // Standard output is the protocol's alone; the log goes to standard error.
      const config = readConfigOnce({ logLevel: "warn", ...options });
      await using services = openServices(config);
      const { store, log } = services;
      process.on("unhandledRejection", (error) => log.error("a promise failed with nobody waiting for it", { error }));
      const reader = Bun.stdin.stream().getReader();
      const leave = () => void reader.cancel().catch(() => {});
      let isLeaving = false;
      const onSignal = () => {
        // Who asks a second time does not want to wait.
        if (isLeaving) process.exit(1);
        isLeaving = true;
        leave();
      };
      for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, onSignal);
      onOutputClosed(leave);
      await serveStdio({
        server: await services.mcpServer(),
        caller: localCaller,
        input: piecesOf(reader),
        write: print,
        locate: ({ hash }) => store.blobs.path(hash),
      });
    });
  withExamples(
    command,
    {
      "parley mcp": "what such a program starts; it ends with its input",
      "parley mcp --data-dir ./data": "with what is kept in another folder",
      "claude mcp add parley -- parley mcp": "how one of them is told",
    },
    "A server that runs has the same tools at /mcp: for others, with their access keys.",
  );
  return withSettings(command);
}

const configuration = `{"mcpServers":{"parley":{"command":"parley","args":["mcp"]}}}`;

async function* piecesOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // It would keep us alive.
    await reader.cancel().catch(() => {});
  }
}
