import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand } from "../support/command.ts";
import { chunk, endedBy } from "../support/create.ts";
import { pngOf } from "../support/pictures.ts";
import { answer, chunked, openaiText, openUpstream, type Script } from "../support/scripted-upstream.ts";
import { openSmallWeb } from "../support/small-web.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-ask-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const quiet = { PARLEY_DISCOVERY: "false", PARLEY_SEARCH_ENGINES: "searxng" };

/** `parley ask` with a provider that does what its script says. */
async function ask(script: Script, args: readonly string[], input = "", more: Record<string, unknown> = {}) {
  using upstream = openUpstream(script);
  const name = `${Bun.randomUUIDv7()}.yaml`;
  const provider = { name: "Work", type: "openai", base_url: upstream.origin, api_key: "test-key-0123", models: ["m"] };
  writeFileSync(join(cwd, name), Bun.YAML.stringify({ providers: [provider], ...more }));
  const result = await runCommand(fromSource, ["ask", "--config", name, ...args], { cwd, env: quiet, input });
  return { ...result, asked: upstream.requests.map(({ body }) => JSON.parse(body).messages) };
}

describe("parley ask", () => {
  test("prints the answer and nothing else, and needs no key", async () => {
    const built = await runCommand(fromSource, ["ask", "17", "*", "3"], { cwd, env: quiet });
    expect([built.code, built.out, built.error]).toEqual([0, expect.stringContaining("17 * 3 = 51"), ""]);
    const { asked, ...result } = await ask(() => openaiText("Hello ", "you"), ["-s", "Be brief.", "-"], "piped");
    expect(result).toEqual({ code: 0, out: "Hello you\n", error: "" });
    expect(asked).toEqual([
      [
        { role: "system", content: "Be brief." },
        { role: "user", content: "piped" },
      ],
    ]);
    expect(await ask(() => openaiText("x"), [" "])).toMatchObject({
      code: 2,
      error: 'parley: the question is empty: parley ask "What can you do?"\n',
    });
  });

  const said = 'Here:\n```js\n1\n```\n```json\n{"a": 1}\n```\nDone.';
  test.each([
    [["--json"], said, '{"a": 1}\n'],
    [["--filter", "JS,json"], said, "1\n"],
  ])("with %p prints that part alone", async (args, text, out) => {
    expect(await ask(() => openaiText(text), [...args, "hi"])).toMatchObject({ code: 0, out, error: "" });
  });

  test("exits with 1 and a sentence where there is no such part", async () => {
    const none = await ask(() => openaiText("no"), ["--json", "hi"]);
    expect(none).toMatchObject({ code: 1, out: "", error: "parley: the answer holds no JSON\n" });
    const block = await ask(() => openaiText(said), ["--filter", "ruby", "hi"]);
    expect(block).toMatchObject({ code: 1, out: "", error: "parley: the answer holds no such block\n" });
  });

  test("exits with 1 and says what failed, and says what was cut", async () => {
    const refused = await ask(() => answer(400, { error: { message: "no" } }), ["-p", "Work", "hi"]);
    expect(refused).toMatchObject({
      code: 1,
      out: "",
      error: "parley: BadRequestError: Work answered 400: no\n",
    });
    const cut = await ask(() => endedBy("length", "Hel"), ["hi"]);
    expect(cut).toMatchObject({ code: 0, out: "Hel\n", error: expect.stringContaining("cut at its longest") });
  });

  test("prints where a picture lies", async () => {
    const picture = `![a cat](data:image/png;base64,${pngOf(1).toString("base64")})`;
    const { code, out } = await ask(() => openaiText("Look: ", picture), ["hi"]);
    const [words, path = ""] = out.split("\n");
    expect([code, words]).toEqual([0, "Look: "]);
    expect(pngOf(1).equals(readFileSync(path))).toBe(true);
  });

  test.each([
    [["--web", "--", "the question"], "the question", "the question"],
    [["--web", "the question"], "the question", "the question"],
    [["--web", "a query", "the question"], "a query", "the question"],
    [["--web", "on", "the question"], "the question", "the question"],
    [["--web", "off", "the question"], undefined, "the question"],
  ])("with %p searches the web for %p", async (args, query, question) => {
    await using web = openSmallWeb();
    const { searxng_url } = web.settings;
    const { code, asked } = await ask(() => openaiText("x"), args, "", { searxng_url });
    expect([code, JSON.stringify(asked)]).toEqual([0, expect.stringContaining(question)]);
    expect(web.queries).toEqual(query === undefined ? [] : [query]);
  });

  test("says why an answer for which the web was to be searched has no sources", async () => {
    const { code, out, error } = await ask(() => openaiText("x"), ["--web", "--", "hi"], "", { search_engines: [] });
    expect([code, out]).toEqual([0, "x\n"]);
    expect(error).toStartWith("parley: web search: none was made, since no search engine is set up");
  });

  test.each(["SIGINT", "closed pipe"])("ends, and its upstream with it, by %s", async (how) => {
    using upstream = openUpstream(() => [
      ...chunked([chunk("one "), chunk("two ")]),
      { waitMs: 1000 },
      ...Array(5).fill(Buffer.from(`${chunk("x").length.toString(16)}\r\n${chunk("x")}\r\n`)),
      "hang",
    ]);
    const provider = {
      name: "Work",
      type: "openai",
      base_url: upstream.origin,
      api_key: "test-key-0123",
      models: ["m"],
    };
    writeFileSync(join(cwd, "hang.yaml"), Bun.YAML.stringify({ providers: [provider] }));
    const child = Bun.spawn([...fromSource, "ask", "--config", "hang.yaml", "hi"], {
      cwd,
      env: { ...process.env, ...quiet, XDG_DATA_HOME: join(cwd, "share") },
      stdout: "pipe",
      stderr: "pipe",
    });
    const reader = child.stdout.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toStartWith("one ");
    if (how === "SIGINT") child.kill("SIGINT");
    else await reader.cancel();
    await upstream.requests[0]!.closed;
    expect(await child.exited).toBe(130);
    expect(await new Response(child.stderr).text()).toBe("");
  });
});
