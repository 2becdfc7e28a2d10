import { isServerMeant, readArguments, restartAsServer, setStarting } from "./config/process.ts";

/**
 * What the executable begins with. A server starts itself once more (`config/process.ts`), and nothing that it would read a
 * second time is read before: the program lies in a file of its own, which no bundler puts into this one.
 */
if (isServerMeant(readArguments())) {
  restartAsServer();
  setStarting(true);
}
await import(new URL("./main.ts", import.meta.url).href);
