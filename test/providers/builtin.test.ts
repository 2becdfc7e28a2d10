import { describe, expect, test } from "bun:test";
import { help } from "../../src/help/index.ts";
import { answerQuestion } from "../../src/providers/builtin/answer.ts";
import { toSections } from "../../src/providers/builtin/sections.ts";
import { openHelpIndex } from "../../src/store/help.ts";

const now = new Date(2026, 10, 24, 15).getTime();

function ask(question: string): string {
  using index = openHelpIndex(toSections(help));
  return [...answerQuestion(question, { help: () => index, advice: () => ["Set a key."], now })].join("");
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
    ["max(1,200)", "max(1,200) = 200"],
    ["1/3", "1/3 ≈ 0.333333333333"],
    ["9007199254740993 + 1", "≈ 9007199254740000"],
    ["log(100)", "log(100) = 2"],
    ["sin(90)", "(angles in radians)"],
    ["2**8", "2**8 = 256"],
    ["5!", "5! = 120"],
    ["3 times 4", "3 times 4 = 12"],
    ["20% off 50", "20% off 50 = 40"],
    ["square root of 16", "= 4"],
    ["72 f in c", "72 f = 22.2222222222 c"],
    ["1 gb in mb", "1 gb = 1000 mb"],
    ["10 mb in Mb", "10 mb = 80 Mb"],
    ["1 month in weeks", "1 month ≈ 4.28571428571 weeks"],
    ["1 pint in ml", "(US measure)"],
    ["what weekday is 2028-02-29", "is Tuesday, 29 February 2028."],
    ["how many days since 1 january", "there are 327 days"],
    ["what day is 1.2.2027", "is Monday, 1 February 2027."],
    ["what day is 12/11/2026", "(read as month/day/year)"],
    ["days until christmas", "there are 31 days"],
    ["how many days until 25 November", "there is 1 day."],
    ["3 weeks from now", "is Tuesday, 15 December 2026."],
    ["what time is it", "It is 15:00 where I run"],
    ["what day is it", "Today is Tuesday, 24 November 2026."],
  ];
  for (const [question, expected] of worked)
    test(`works out: ${question}`, () => expect(ask(question)).toContain(expected));

  const quoted: readonly (readonly [string, string])[] = [
    ["what is parley", "What Parley does, and what you can do with it"],
    ["where do I put my api key", "Setting a key"],
    ["how do I add a key?", "Setting a key"],
    ["how do I use ollama", "Using Ollama and other local runtimes"],
    ["ollama", "Using Ollama and other local runtimes"],
    ["LM Studio", "Using Ollama and other local runtimes"],
    ["which models are available", "Choosing a model"],
    ["rate limit", "A rate limit: RateLimitError, and providers that are cooling"],
    ["error 401", "MissingAuthError: the key is missing or refused"],
    ["port already in use", "The port is taken"],
    ["timeout", "Time limits"],
    ["docker", "In a container: the Dockerfile"],
    ["reverse proxy", "Behind a reverse proxy: nginx, Caddy, Traefik"],
    ["how do I start it as a service", "As a service of the system: parley service install"],
    ["how can I run it on port 80", "Changing the port and the address"],
    ["is it safe?", "Is it safe, and is my data private?"],
    ["is my data private?", "Is it safe, and is my data private?"],
    ["can other people on my network use it", "Opening the server to other machines: the access key"],
    ["set a password", "Opening the server to other machines: the access key"],
    ["where are my chats stored", "Where data is kept"],
    ["how do I use it with python", "Asking from another program with curl"],
    ["how long can an answer take", "Time limits"],
    ["what model are you", "The built-in assistant is no language model"],
    ["how do I stop the server", "Stopping the server"],
    ["how do I uninstall", "Updating and removing"],
    ["how do I use claude", "Setting a key for Anthropic (Claude)"],
    ["how do I use gemini", "Setting a key for Google Gemini"],
    ["how do I use the OpenAI SDK", "Using SDKs and other programs: addresses, keys, models"],
    ["how do I use Claude Code with this", "Coding agents, and other programs that ask for models by name"],
    ["how do I add an MCP server", "Adding an MCP server: others' tools in Parley's answers"],
    ["use parley in Claude Desktop", "Parley's tools in other programs"],
    ["can I use my own openai compatible server", "Using any OpenAI-compatible server: OPENAI_BASE_URL"],
    ["how do I send a picture", "Sending an image, a picture or sound"],
    ["does it log my questions", "Seeing what happens: the log"],
    ["what can you do?", "What Parley does, and what you can do with it"],
    ["my proxy buffers the stream", "Answers come all at once behind a proxy (nginx, Caddy, Traefik)"],
    ["how to debug", "Seeing what happens: the log"],
    ["what does it cost", "What an answer costs"],
    ["are you an AI", "The built-in assistant is no language model"],
    ["why is it slow", "When a provider is slow: deadlines and hedging"],
    ["how do I revoke a key", "When a key ends"],
    ["I lost my key", "When a key ends"],
    ["my chats are gone", "My chats are gone since there is a key"],
    ["how do I limit a user", "How often a key may ask: rates"],
    ["sign in with google", "Signing in with your own accounts: OpenID Connect › Google"],
    ["too many wrong keys", "Wrong keys"],
    ["metrics", "In figures, for Prometheus: GET /metrics"],
    ["disk full", "When the disk is full, the power fails, or the clock jumps"],
    ["the server is overloaded", "When there is too much: overload"],
    ["health check for kubernetes", "Whether it is well: parley health"],
    ["repair a damaged database", "When files are damaged: parley doctor --deep, --repair"],
    ["open it to the internet", "Before others can reach it: what to do, in order"],
    ["How does the router choose a provider?", "How the router chooses a provider: AnyProvider"],
    ["which port does the server listen on, and how do I change the port?", "Changing the port and the address"],
    ["How do I set a key?", "Setting a key"],
    ["How do I search the web?", "Searching the web before an answer: web_search"],
    ["how do I browse the internet", "Searching the web before an answer: web_search"],
    ["how do I let the model search by itself", "Letting the model search by itself: web_search auto"],
    ["how do I set up searxng", "Setting up a search engine: SearXNG, Brave, Tavily, DuckDuckGo"],
    ["how do I use brave", "Setting up a search engine: SearXNG, Brave, Tavily, DuckDuckGo"],
    ["how do I turn off web search", "Searching the web before an answer: web_search"],
    ["which search engine is used?", "Setting up a search engine: SearXNG, Brave, Tavily, DuckDuckGo"],
    ["why does my web search fail", "When a web search fails or finds nothing"],
    ["does it respect robots.txt", "How pages of the web are read: limits, robots.txt and the cache"],
    ["how are sources cited", "Sources and citations of a web search"],
    ["What is CachedSearch?", "What a search finds, without a model: CachedSearch"],
    ["How do I get the answer as plain text?", "Quick answers: GET /backend-api/v2/create"],
    ["How do I set an OpenAI key?", "Setting a key for OpenAI"],
    ["What events does a conversation stream?", "The events of an answer"],
    ["how do I configure providers in parley.yaml", "The settings file parley.yaml"],
    ["What does MissingAuthError mean?", "MissingAuthError: the key is missing or refused"],
    ["is there a typescript client", "A program in TypeScript or JavaScript: @parley/client"],
    ["is there an npm package", "A program in TypeScript or JavaScript: @parley/client"],
    ["how do I upload a file with the client", "Uploads from the client"],
    ["my answer is slow behind nginx proxy", "Answers come all at once behind a proxy (nginx, Caddy, Traefik)"],
  ];
  for (const [question, title] of quoted)
    test(`quotes the help: ${question}`, () => expect(ask(question)).toContain(` › ${title}”.`));

  test("greets who greets", () => {
    for (const question of ["hello", "thanks!", "👋", "", "???"])
      expect(ask(question)).toContain("Hello. Ask me for example");
  });

  const unknown = [
    "Hello, how are you?",
    "how many days until my birthday",
    "who won the world cup",
    "write a poem",
    "write me a poem about the sea",
    "tell me a joke",
    "what is the capital of France?",
    "Wie spät ist es?",
    "what is the meaning of life",
    "explain quantum computing",
    "translate hello to french",
    "Write a poem about the sea",
    "What is the capital of France?",
    "Who won the world cup in 1998?",
    "translate cat into German",
    "tell me a joke about keys",
    "What time is it in Paris?",
    "1",
    "constructor",
    "10% + 5",
    "50 + 10%",
    "random()",
    "5 m in s",
    "5 M in km",
    "what day is 2027-02-29",
    "how many hours until midnight",
    "how many months until 25 december 2027",
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
      `how many ${"days ".repeat(100_000)}`,
      `${"1".repeat(100_000)} km`,
    ];
    for (const question of hostile) {
      expect(ask(question)).toStartWith("Built-in assistant");
    }
  });
});

test("the help is cut at its headings, not in its code", () => {
  expect(toSections("# A\n<!-- also: x y -->\none\n## B\n```sh\n# no heading\n```\n# C\n## D\ntwo")).toEqual([
    { title: "A", words: " x y", text: "one" },
    { title: "A › B", words: "", text: "```sh\n# no heading\n```" },
    { title: "C › D", words: "", text: "two" },
  ]);
});
