import type { Answer, Call, Numbers, OfferedTool, Question, Settings } from "./dialect.ts";
import type { Heard, Saying, Wire } from "./wire.ts";

/** What one thing came to, and what it should have: by a name that `lost.ts` may have an entry for. */
export type Aspects = Readonly<Record<string, readonly [got: unknown, expected: unknown]>>;

/** A turn of a conversation, as it was asked, heard and answered. */
export interface Turn {
  readonly answer: Answer;
  readonly heard: Heard;
}

export interface Feature {
  readonly question: Omit<Question, "model">;
  readonly says: Saying;
  /** What the model says to the results of its tools. */
  readonly saysThen?: Saying;
  check(turns: readonly [Turn, Turn?], wire: Wire): Aspects;
}

const picture = {
  mime: "image/png",
  base64: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};

const schema = {
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "number" } },
  required: ["city", "degrees"],
  additionalProperties: false,
};

const tool: OfferedTool = {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const calls = [
  { name: "get_weather", args: { city: "Rome" } },
  { name: "get_weather", args: { city: "Oslo" } },
];

/** What tools found, call by call. */
export const found = [{ degrees: 20 }, { degrees: -5 }];

const usage: Numbers = { prompt: 100, completion: 60, cached: 40, reasoning: 25 };
const settings: Settings = { temperature: 0.5, maxTokens: 3000, stop: ["END"], seed: 7 };

const withoutId = ({ name, args }: Call) => ({ name, args });

/** To add one: a line here, and what a format has no place for in `lost.ts`. */
export const features: Readonly<Record<string, Feature>> = {
  text: {
    question: { system: "Be short.", text: "Where?" },
    says: { text: "Hello there" },
    check: ([{ answer, heard }], wire) => ({
      "system's instruction": [heard.system, "Be short."],
      question: [heard.text, "Where?"],
      model: [heard.model, wire.model],
      text: [answer.text, "Hello there"],
      end: [answer.finish, "stop"],
    }),
  },
  reasoning: {
    question: { text: "2+2?", effort: "low" },
    says: { reasoning: "Let me see.", text: "It is 4." },
    check: ([{ answer, heard }]) => ({
      effort: [heard.effort, "low"],
      reasoning: [answer.reasoning, "Let me see."],
      text: [answer.text, "It is 4."],
    }),
  },
  tools: {
    question: { text: "Where is it warm?", tools: [tool] },
    says: { text: "I look.", calls },
    saysThen: { text: "In Rome." },
    check([first, then], wire) {
      const ids = first.answer.calls.map(({ id }) => id);
      return {
        "tools offered": [first.heard.tools, [tool]],
        "text before calls": [first.answer.text, "I look."],
        calls: [first.answer.calls.map(withoutId), calls],
        "ids of calls": [ids[0], wire.callId],
        "end by calls": [first.answer.finish, "calls"],
        "calls told again": [then?.heard.calls.map(withoutId), calls],
        "calls told again by their ids": [then?.heard.calls[0]?.id, wire.callId],
        results: [then?.heard.results.map(({ content }) => content), found],
        "ids of results": [then?.heard.results.map(({ id }) => id), then?.heard.calls.map(({ id }) => id)],
        "signed thinking": [then?.heard.signature, wire.signature],
        "answer to results": [then?.answer.text, "In Rome."],
      };
    },
  },
  "a forced tool": {
    question: { text: "Where is it warm?", tools: [tool], forced: "get_weather" },
    says: { text: "There." },
    check: ([{ heard }]) => ({ "forced tool": [heard.forced, "get_weather"] }),
  },
  pictures: {
    question: { text: "What is it?", picture },
    says: { text: "A pixel." },
    check: ([{ answer, heard }]) => ({
      picture: [heard.picture?.base64, picture.base64],
      "type of a picture": [heard.picture?.mime, picture.mime],
      question: [heard.text, "What is it?"],
      text: [answer.text, "A pixel."],
    }),
  },
  "structured output": {
    question: { text: "Where?", schema, schemaName: "weather" },
    says: { text: '{"city":"Rome","degrees":20}' },
    check: ([{ answer, heard }]) => ({
      schema: [heard.schema, schema],
      "name of a schema": [heard.schemaName, "weather"],
      text: [answer.text, '{"city":"Rome","degrees":20}'],
    }),
  },
  usage: {
    question: { text: "Where?" },
    says: { text: "There.", usage },
    check: ([{ answer }]) => ({
      "tokens of the prompt": [answer.usage.prompt, usage.prompt],
      "tokens of the answer": [answer.usage.completion, usage.completion],
      "tokens from a cache": [answer.usage.cached, usage.cached],
      "tokens of thinking": [answer.usage.reasoning, usage.reasoning],
    }),
  },
  settings: {
    question: { text: "Where?", settings },
    says: { text: "There." },
    check: ([{ heard }]) => ({
      temperature: [heard.settings.temperature, settings.temperature],
      "longest answer": [heard.settings.maxTokens, settings.maxTokens],
      "ends of an answer": [heard.settings.stop, settings.stop],
      seed: [heard.settings.seed, settings.seed],
    }),
  },
};
