import { describe, expect, test } from "bun:test";
import { openApp, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { makeKey } from "../support/keys.ts";

const runsPath = "/backend-api/v2/runs";
/** Said by a caller, and by nobody else. */
const said = "what-nobody-else-may-read";
const question = { messages: [{ role: "user", content: said }] };
/** Nobody listens there. */
const yaml = providerYaml({ name: "Nobody", origin: "http://127.0.0.1:1" });

const linesOf = (logged: readonly string[], message: string) =>
  logged.map((line) => JSON.parse(line)).filter((line) => line.message === message);

describe("the log", () => {
  test("tells of each request, and of the run behind it, without what was sent", async () => {
    await using app = await openApp({ yaml, flags: { log_requests: "true" } });
    const ann = await makeKey(app, "ann");
    const { headers } = ann;
    const id = "an-id-of-the-caller";
    await (await app.get(`${runsPath}/${said}?a=${said}`, { headers: { ...headers, "x-request-id": id } })).text();
    await (await app.get(`/${said}`, { method: "HEAD", headers })).text();
    await (await app.get(runsPath)).text();
    await (await app.post({ ...question, provider: "Nobody", model: "m" }, { headers })).text();
    using channel = await openChannel(app.origin, { headers });
    channel.send({ op: "ping", id: said });
    await channel.find(({ type }) => type === "pong");

    const key = { owner: "ann", key: ann.id };
    expect(linesOf(app.logged, "a request")).toMatchObject([
      { level: "info", method: "GET", route: `${runsPath}/:run_id`, status: 404, id, ...key, address: "127.0.0.1" },
      { method: "HEAD", route: "/*", status: 404, ...key },
      { method: "GET", route: "none", status: 401 },
      { method: "POST", route: "/backend-api/v2/conversation", status: 200, ...key },
      { method: "GET", route: "/backend-api/v2/channel", status: 101, ...key },
    ]);
    expect(linesOf(app.logged, "an answer failed")).toMatchObject([
      { level: "info", owner: "ann", key: ann.id, provider: "Nobody", model: "m", reason: "error" },
    ]);
    expect(app.logged.join("\n")).not.toContain(said);
  });

  test("tells of what failed alone, unless more is wanted", async () => {
    await using app = await openApp({ yaml });
    await (await app.post({ ...question, provider: "Nobody", model: "m" })).text();
    await (await app.get(runsPath)).text();
    expect(app.logged.map((line) => JSON.parse(line).message)).toEqual(["an answer failed"]);
  });

  test("is written for people where that is set", async () => {
    await using app = await openApp({ yaml, flags: { log_format: "pretty", log_requests: "true" } });
    await (await app.get(runsPath)).text();
    expect(app.logged[0]).toMatch(/^[\d:]{8} INFO {2}a request method=GET route=\/backend-api\/v2\/runs\/ status=200 /);
  });
});
