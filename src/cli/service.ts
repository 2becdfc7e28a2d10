import { Command } from "commander";
import { installCommand } from "./service/install.ts";
import { statusCommand } from "./service/status.ts";
import { uninstallCommand } from "./service/uninstall.ts";

export function serviceCommand(): Command {
  return new Command("service")
    .description("have the system start the server and keep it running")
    .addCommand(installCommand())
    .addCommand(uninstallCommand())
    .addCommand(statusCommand());
}
