import { networkInterfaces } from "node:os";
import { Command } from "commander";
import type { Config } from "../config/load.ts";
import { restartAsServer, setStarting } from "../config/process.ts";
import { print } from "../lib/log.ts";
import { type Port, takePort } from "../port.ts";
import type { Server } from "../server.ts";
import type { Services } from "../services.ts";
import { version } from "../version.ts";
import { withExamples } from "./examples.ts";
import { readConfig, withSettings } from "./settings.ts";

/** Any time will do. */
const holdMs = 60_000;

export function serveCommand(): Command {
  const command = new Command("serve")
    .description("start the server; this is what happens without a command")
    .action(async (options) => {
      restartAsServer();
      const config = readConfig(options);
      let opening: Promise<Opened> | undefined;
      let isStopping = false;
      const stop = async (signal: string) => {
        if (isStopping) process.exit(1);
        isStopping = true;
        const opened = await opening?.catch(() => undefined);
        // Why there is none is said below.
        if (!opened) return;
        // Threads and programs, which keep no process alive, are waited for below.
        setInterval(() => {}, holdMs);
        const { server, services } = opened;
        services.log.info(
          `${signal}: running answers may end, at most ${config.drain_timeout} s; a second signal stops at once`,
        );
        try {
          await server.close();
          await services[Symbol.asyncDispose]();
        } catch (error) {
          services.log.error("the server could not be closed as it should", { error });
          process.exit(1);
        }
        process.exit(0);
      };
      process.on("SIGINT", () => void stop("SIGINT"));
      process.on("SIGTERM", () => void stop("SIGTERM"));

      opening = open(config);
      const { server, services } = await opening;
      setStarting(false);
      print(`Parley ${version} is listening at ${server.origin}\n`);
      print(toFirstStep(server, services));
    });
  withExamples(
    command,
    {
      "parley serve": "at http://127.0.0.1:7337, for this machine alone",
      "parley serve --port 8000 --data-dir ./data": "another port, another folder",
      "parley serve --host 0.0.0.0": "for others too; parley keys create <name> comes before",
      "PARLEY_CONFIG=team.yaml parley": "with the settings of a file; parley config init writes one",
    },
    "Then open the address in a browser, and see whether all is well: parley doctor",
  );
  return withSettings(command);
}

/** What to do with it. The link goes to the terminal, and not to the log, which is kept and sent about. */
function toFirstStep({ origin }: Server, { access, config, setup }: Services): string {
  if (setup.isPending) {
    const place = config.public_url.replace(/\/$/, "") || origin.replace(everywhere, `//${ownAddress()}`);
    return `Make its first key within 15 minutes:  ${place}/#setup=${setup.token}\n`;
  }
  const key = access.isClosed ? ` -H "authorization: Bearer $PARLEY_ACCESS_KEY"` : "";
  return `Ask it:  curl -N${key} ${origin.replace(everywhere, "//127.0.0.1")}/backend-api/v2/conversation -d '{"messages":[{"role":"user","content":"What can you do?"}]}'\n`;
}

/** The host of what listens at every address of the machine. */
const everywhere = /\/\/(0\.0\.0\.0|\[::\])/;

/** Where others reach this machine, as far as it knows. */
function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}

interface Opened {
  readonly server: Server;
  readonly services: Services;
}

/** The port is taken before anything that takes time is loaded and opened: nobody is refused meanwhile, and an error is early. */
async function open(config: Config): Promise<Opened> {
  const port = takePort(config);
  try {
    const { openServices } = await import("../services.ts");
    const services = openServices(config, { closeIdle: () => port.server.closeIdleConnections() });
    const { log } = services;
    // A stray failure of one stream must not end the others.
    process.on("unhandledRejection", (error) => log.error("a promise failed with nobody waiting for it", { error }));
    process.on("uncaughtException", (error) => log.error("a callback failed", { error }));
    for (const warning of config.warnings) log.warn(warning);
    if (config.durability === "process")
      log.warn(
        "durability: process; the loss of power may take what was acknowledged last, the end of the process not",
      );
    return { server: await openOrClose(services, port), services };
  } catch (thrown) {
    // A port that is held would keep the program from ending.
    await port.server.stop(true);
    throw thrown;
  }
}

/** Services that nobody will use must not keep the program from ending. */
async function openOrClose(services: Services, port: Port): Promise<Server> {
  const { openServer } = await import("../server.ts");
  try {
    return await openServer(services, port);
  } catch (thrown) {
    await services[Symbol.asyncDispose]();
    throw thrown;
  }
}
