import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand } from "../support/command.ts";
import { chunk } from "../support/create.ts";
import { answer, chunked, openaiText, openUpstream, type Script } from "../support/scripted-upstream.ts";
import { keys, openTerminal } from "../support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-chat-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { tab, up, interrupt, end } = keys;
const prompt = "> \x1b[3G";

/** A folder with a provider that does what its script says; what is asked of it is read by `asked`. */
function openDesk(script: Script) {
  const cwd = join(folder, Bun.randomUUIDv7());
  mkdirSync(cwd);
  const upstream = openUpstream(script);
  const provider = {
    name: "Work",
    type: "openai",
    base_url: upstream.origin,
    api_key: "test-key-0123",
    models: ["small", "large-one"],
  };
  const settings = { providers: [provider], discovery: false, titles: "words", data_dir: join(cwd, "data") };
  writeFileSync(join(cwd, "parley.yaml"), Bun.YAML.stringify(settings));
  return {
    cwd,
    upstream,
    asked: () => upstream.requests.map(({ body }): { model: string; messages: unknown[] } => JSON.parse(body)),
    chat: (...args: string[]) => openTerminal(fromSource, ["chat", ...args], { cwd }),
    run: (args: string[], input = "") => runCommand(fromSource, args, { cwd, input }),
    [Symbol.dispose]: upstream[Symbol.dispose],
  };
}

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe("parley chat at a terminal", () => {
  test("talks: what was said goes along, models are chosen, and the last question is asked again", async () => {
    using desk = openDesk((_, count) => openaiText(`answer ${count}`));
    await using session = desk.chat("-s", "Be brief.");
    await session.until(prompt);
    session.type("first\\");
    session.type("and more");
    expect(await session.until(prompt)).toMatch(/answer 1\r\n.*Work\/\S+ · about \d+ \+ \d+ tokens/s);
    session.type(`/mo${tab}`);
    await session.until("/model ");
    session.type(`lar${tab}`);
    await session.until("large-one");
    session.type("");
    await session.until("model large-one");
    await session.until(prompt);
    session.type("second");
    await session.until("answer 2");
    await session.until(prompt);
    session.type("/model Work/small");
    await session.until("model small, provider Work");
    await session.until(prompt);
    session.type("/retry");
    await session.until("answer 3");
    await session.until(prompt);
    const first = [{ role: "system", content: "Be brief." }, user("first\nand more")];
    const second = [...first, assistant("answer 1"), user("second")];
    expect(desk.asked().map(({ messages }) => messages)).toEqual([first, second, second]);
    expect(
      desk
        .asked()
        .map(({ model }) => model)
        .slice(1),
    ).toEqual(["large-one", "small"]);

    session.type("/usage");
    await session.until("3 answers, about");
    await session.until(prompt);
    session.type("/qiut");
    await session.until("there is no command /qiut; did you mean /quit?");
    await session.until(prompt);
    session.type("/save talk.md");
    await session.until("saved: talk.md");
    expect(readFileSync(join(desk.cwd, "talk.md"), "utf8")).toMatch(
      /^# first\n\n## User\n.*first\nand more\n\n## Assistant \(\S+\)\n.*answer 1\n.*answer 3\n$/s,
    );
    await session.until(prompt);
    session.type("/save talk.md");
    await session.until("talk.md is there already: name another");
    await session.until(prompt);
    session.type(end);
    await session.until("parley chat --continue");
    expect(await session.exited).toBe(0);

    const { out } = await desk.run(["chat", "--continue", "third"]);
    expect(out).toBe("answer 4\n");
    expect(desk.asked().at(-1)?.messages).toEqual([...second.slice(1), assistant("answer 3"), user("third")]);
  });

  test("gives files to the next question, and brings back what was typed in an earlier session", async () => {
    using desk = openDesk(() => openaiText("read"));
    writeFileSync(join(desk.cwd, "my notes.md"), "The lamp is red.");
    {
      await using session = desk.chat();
      await session.until(prompt);
      session.type(`/attach my${tab}`);
      await session.until("my\\ notes.md");
      session.type("");
      await session.until("with the next question: my_notes.md");
      await session.until(prompt);
      session.type("/attach none.md");
      await session.until("there is no file none.md");
      await session.until(prompt);
      session.type("What colour?");
      await session.until("read\r\n");
      await session.until(prompt);
      session.type(interrupt);
      await session.until("Ctrl-C again leaves");
      session.type(interrupt);
      expect(await session.exited).toBe(0);
    }
    expect(JSON.stringify(desk.asked())).toMatch(/The lamp is red\..*What colour\?/);
    const typed = join(desk.cwd, "data/chat-history");
    expect(readFileSync(typed, "utf8")).toEndWith("/attach none.md\nWhat colour?\n");
    expect(statSync(typed).mode & 0o777).toBe(0o600);

    await using session = desk.chat("--continue");
    await session.until(prompt);
    session.type(`${up}`);
    await session.until("What colour?");
    session.type("");
    await session.until("read\r\n");
    await session.until(prompt);
    session.type("/chats");
    await session.until(/1 .*What colour\?.*chat_/);
    await session.until(prompt);
    session.type("/new");
    await session.until(prompt);
    session.type("/open 1");
    await session.until("4 messages");
    await session.until(prompt);
    session.type("/quit");
    expect(await session.exited).toBe(0);
  });

  test("ends an answer by Ctrl-C, goes on with what came of it, and leaves nothing that is not to be kept", async () => {
    using desk = openDesk((_, count) =>
      count === 1
        ? [...chunked([chunk("half an answer")]), "hang"]
        : count === 2
          ? answer(400, { error: { message: "too odd" } })
          : openaiText("whole"),
    );
    await using session = desk.chat("--no-save", "--no-history");
    await session.until(prompt);
    session.type("first");
    await session.until("half an answer");
    session.widen(100);
    // Until a prompt would have been drawn over it.
    await Bun.sleep(200);
    session.type(interrupt);
    expect(await session.until("cancelled")).not.toContain(">");
    await desk.upstream.requests[0]?.closed;
    await session.until(prompt);
    session.type("odd");
    await session.until("parley: BadRequestError: Work answered 400: too odd");
    await session.until(prompt);
    session.type("\x1b[200~pasted\rlines\x1b[201~");
    await session.until("whole");
    await session.until(prompt);
    expect(desk.asked().at(-1)?.messages).toEqual([user("first"), assistant("half an answer"), user("pasted\nlines")]);
    expect(JSON.parse((await desk.run(["usage", "--json"])).out).totals.requests).toBeGreaterThanOrEqual(2);
    expect((await desk.run(["chat", "--continue", "x"])).error).toContain("there is no chat yet");

    const files = join(desk.cwd, "data/files");
    session.type("/attach parley.yaml");
    await session.until("with the next question: parley.yaml");
    expect(readdirSync(files)).toHaveLength(1);
    await session.until(prompt);
    session.hangUp();
    await session.exited;
    expect(readdirSync(files)).toEqual([]);
    expect(existsSync(join(desk.cwd, "data/chat-history"))).toBe(false);
  });
});

describe("parley chat with a question", () => {
  test("answers about what is piped in, and about files; nothing of it is kept", async () => {
    using desk = openDesk(() => openaiText("It broke."));
    const about = await desk.run(["chat", "What broke?", "-"], "disk full at 12:00");
    expect(about).toEqual({ code: 0, out: "It broke.\n", error: "" });
    writeFileSync(join(desk.cwd, "a.csv"), "lamp,red\n");
    const file = await desk.run(["ask", "Which colour?", "--attach", "a.csv"]);
    expect(file).toEqual({ code: 0, out: "It broke.\n", error: "" });
    const [piped, attached] = desk.asked().map((each) => JSON.stringify(each));
    expect(piped).toMatch(/disk full at 12:00.*What broke\?/);
    expect(attached).toMatch(/lamp.*red.*Which colour\?/);
    expect(await desk.run(["ask", "x", "--attach", "b.csv"])).toEqual({
      code: 2,
      out: "",
      error: "parley: there is no file b.csv\n",
    });
    expect(desk.asked()).toHaveLength(2);
  });

  test("does not wait for an input that nobody closes", async () => {
    using desk = openDesk(() => openaiText("Hello"));
    const child = Bun.spawn([...fromSource, "ask", "hi"], {
      cwd: desk.cwd,
      env: { ...process.env, PARLEY_CONFIG: join(desk.cwd, "parley.yaml") },
      stdin: "pipe",
      stdout: "pipe",
    });
    expect(await new Response(child.stdout).text()).toBe("Hello\n");
    expect(await child.exited).toBe(0);
  });
});
