import { Command } from "commander";
import { serveConversions } from "../files/convert-process.ts";

/** Not for people: how the server starts the processes in which it converts files. */
export function converterCommand(): Command {
  return new Command("converter")
    .description("convert files for a server that has started this")
    .argument("<bytes>", "how much memory it may have", Number)
    .action(serveConversions);
}
