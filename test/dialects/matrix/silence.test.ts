import { expect, test } from "bun:test";
import { openApp, providerYaml } from "../../support/app.ts";
import { openUpstream } from "../../support/scripted-upstream.ts";
import { isLost } from "./lost.ts";
import { dialects, wires } from "./tables.ts";

test.each(dialects.map((dialect) => [dialect.name, dialect] as const))(
  "a vendor that says nothing is given up, whoever it is: %s tells of it",
  async (_, dialect) => {
    using upstream = openUpstream(() => ["hang"]);
    await using app = await openApp({
      yaml: providerYaml(
        ...wires.map(({ type, model }) => ({ name: type, type, origin: upstream.origin, models: [model] })),
      ),
      flags: { first_byte_timeout: "0.2", load_timeout: "0.2" },
    });
    const asked = wires.flatMap((wire) => [false, true].map((isStreamed) => ({ wire, isStreamed })));
    await Promise.all(
      asked.map(async ({ wire, isStreamed }) => {
        const { path, body } = dialect.ask({ model: `${wire.type}/${wire.model}`, text: "Hello" }, isStreamed);
        const response = await app.get(path, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json", ...dialect.headers },
        });
        const { type, message } = dialect.readFailure(await response.json());
        expect(response.status).toBe(504);
        expect(message).toContain("sent nothing for 0.2 s");
        expect(isLost(dialect.name, wire.name, "type of a failure") || type === dialect.failures?.timeout).toBe(true);
      }),
    );
    // The vendor's side is not left open.
    await Promise.all(upstream.requests.map(({ closed }) => closed));
    expect(upstream.requests.length).toBeGreaterThanOrEqual(asked.length);
  },
);
