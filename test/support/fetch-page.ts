import { limits, openPages } from "./pages.ts";
import { zoneOf } from "./name-server.ts";

/**
 * Fetches pages as a program of its own: which authorities it trusts it learns as it starts. Every name is this machine.
 * Prints what came of each address that it is called with.
 */
const addresses = process.argv.slice(2);
const names = addresses.map((address) => [new URL(address).hostname, ["127.0.0.1"]] as const);
await using opened = await openPages(
  names.map(([name]) => name),
  { zone: zoneOf(Object.fromEntries(names)) },
);
const said: string[] = [];
for (const address of addresses) {
  const fetched = opened.pages.fetch(address, limits);
  said.push(
    await fetched.then(
      ({ bytes }) => new TextDecoder().decode(bytes),
      (thrown: Error) => `${thrown.message} (${String(thrown.cause)})`,
    ),
  );
}
await Bun.write(Bun.stdout, JSON.stringify(said));
