import type { Command } from "commander";
import { liftRequestCap } from "../config/process.ts";
import { print } from "../lib/log.ts";
import { openServer } from "../server.ts";
import { openServices } from "../services.ts";
import { version } from "../version.ts";
import { readConfig, settingsCommand } from "./settings.ts";

export function serveCommand(): Command {
  return settingsCommand("serve", "start the server (the default command)").action(async (options) => {
    liftRequestCap();
    const config = readConfig(options);
    const services = openServices(config);
    const { log } = services;
    // A stray rejection of one stream must not end the others.
    process.on("unhandledRejection", (error) => log.error("a promise failed with nobody waiting for it", { error }));
    for (const warning of config.warnings) log.warn(warning);

    const server = openServer(services);
    print(`Parley ${version} is listening at ${server.origin}\n`);
    print(
      `Ask it:  curl -N ${server.origin}/backend-api/v2/conversation -d '{"messages":[{"role":"user","content":"What can you do?"}]}'\n`,
    );

    let isStopping = false;
    const stop = async (signal: string) => {
      if (isStopping) process.exit(1);
      isStopping = true;
      log.info(`${signal}: running answers may end, at most ${config.drain_timeout} s; a second signal stops at once`);
      await server.close();
      await services[Symbol.asyncDispose]();
      process.exit(0);
    };
    process.on("SIGINT", () => void stop("SIGINT"));
    process.on("SIGTERM", () => void stop("SIGTERM"));
  });
}
