import { describe, expect, test } from "bun:test";
import { help } from "../../src/help/index.ts";
import { answerQuestion } from "../../src/providers/builtin/answer.ts";
import { toSections } from "../../src/providers/builtin/sections.ts";
import { openHelpIndex } from "../../src/store/help.ts";

const now = new Date(2026, 10, 24, 15).getTime();

function ask(question: string): string {
  using index = openHelpIndex(toSections(help));
  return [...answerQuestion(question, { help: index, advice: () => ["Set a key."], now })].join("");
}

describe("the built-in assistant", () => {
  test("always says what it is", () => {
    for (const question of ["2 + 2", "How do I set a key?", "Write me a poem"])
      expect(ask(question)).toStartWith("Built-in assistant, no language model");
  });

  const worked: readonly (readonly [string, string])[] = [
    ["2 + 3 * 4", "2 + 3 * 4 = 14"],
    ["What is 17 * (3 + 4)?", "17 * (3 + 4) = 119"],
    ["what's 0.1+0.2", "0.1+0.2 = 0.3"],
    ["calculate 1,000,000 / 8", "1000000 / 8 = 125000"],
    ["what is 15% of 80?", "15% of 80 = 12"],
    ["sqrt(2)^2", "sqrt(2)^2 = 2"],
    ["5 km in miles", "5 km = 3.10685596119 miles"],
    ["what is 20 °C in °F?", "20 °C = 68 °F"],
    ["convert 3 kg to lb", "3 kg = 6.61386786555 lb"],
    ["how many feet are in 2 metres?", "2 metres = 6.56167979003 feet"],
    ["How many days until 25 December?", "there are 31 days"],
    ["how many days between 1 January 2027 and 1 March 2027", "there are 59 days"],
    ["what day is 24 December 2026?", "24 December 2026 is Thursday, 24 December 2026."],
    ["What is the date in 3 weeks?", "is Tuesday, 15 December 2026."],
    ["what day is it", "Today is Tuesday, 24 November 2026."],
  ];
  for (const [question, expected] of worked)
    test(`works out: ${question}`, () => expect(ask(question)).toContain(expected));

  const quoted: readonly (readonly [string, string])[] = [
    ["What can you do?", "What Parley does"],
    ["How do I set an OpenAI key?", "OpenAI"],
    ["How can I use Ollama?", "Ollama"],
    ["which port does the server listen on, and how do I change the port?", "port"],
    ["Where is my data kept?", "data"],
    ["What events does a conversation stream?", "events"],
    ["how do I configure providers in parley.yaml", "parley.yaml"],
    ["What does MissingAuthError mean?", "MissingAuthError"],
    ["How do I open the server to other machines?", "access key"],
    ["How does the router choose a provider?", "router"],
    ["my answer is slow behind nginx proxy", "nginx"],
    ["How do I send an image?", "image"],
  ];
  for (const [question, expected] of quoted) {
    test(`quotes the help: ${question}`, () => {
      const answer = ask(question);
      expect(answer).toContain("\nSource: help, “");
      expect(answer.toLowerCase()).toContain(expected.toLowerCase());
    });
  }

  const unknown = [
    "Hello, how are you?",
    "Write a poem about the sea",
    "What is the capital of France?",
    "Who won the world cup in 1998?",
    "translate cat into German",
    "",
    "???",
    "tell me a joke about keys",
    "What time is it in Paris?",
    "1",
    "constructor",
  ];
  for (const question of unknown) {
    test(`does not guess: ${JSON.stringify(question)}`, () => {
      const answer = ask(question);
      expect(answer).toContain("I found nothing in the help that answers this");
      expect(answer).toContain("- Set a key.");
    });
  }

  test("takes any text without harm", () => {
    const hostile = [
      "(".repeat(190),
      "9^9^9^9",
      "9".repeat(180),
      "fac(1e9)",
      "a=1",
      "constructor.constructor('x')()",
      '"; DROP TABLE help; --',
      "\0",
      "1e308*10 km in m",
      "how many days until " + "9".repeat(100),
      "x".repeat(100_000),
    ];
    for (const question of hostile) {
      const before = performance.now();
      expect(ask(question)).toStartWith("Built-in assistant");
      expect(performance.now() - before).toBeLessThan(1000);
    }
  });
});

test("the help is cut at its headings, not in its code", () => {
  expect(toSections("# A\none\n## B\n```sh\n# no heading\n```\n# C\n## D\ntwo")).toEqual([
    { title: "A", text: "one" },
    { title: "A › B", text: "```sh\n# no heading\n```" },
    { title: "C › D", text: "two" },
  ]);
});
