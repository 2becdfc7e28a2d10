import { isServerMeant, readArguments, restartAsServer, setStarting } from "./config/process.ts";

/**
 * What the executable begins with. A server starts itself once more (`config/process.ts`), and nothing that it would read a
 * second time is read before.
 */
if (isServerMeant(readArguments())) {
  restartAsServer();
  setStarting(true);
}
await import("./main.ts");
