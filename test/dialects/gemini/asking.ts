import { type GenerateContentParameters, type GenerateContentResponse, GoogleGenAI, Type } from "@google/genai";
import { openApp, providerYaml, type TestApp } from "../../support/app.ts";
import { inTurns, openaiTurn, type ScriptedTurn } from "../../support/calling-upstream.ts";
import { readFixture } from "../../support/fixtures.ts";
import { openUpstream, type Script, type ScriptedUpstream, type Step } from "../../support/scripted-upstream.ts";

interface SentMessage extends Readonly<Record<string, unknown>> {
  readonly tool_calls?: readonly Readonly<Record<string, unknown>>[];
}

/** What reaches a vendor of OpenAI's kind. */
export interface SentBody {
  readonly messages: readonly SentMessage[];
  readonly tools?: readonly unknown[];
}

/** A piece of an answer, as it is on the wire. */
export interface Piece {
  readonly candidates: readonly [
    { readonly content: { readonly parts: readonly [{ readonly text: string }] }; readonly finishReason?: string },
  ];
  readonly error?: object;
}

export interface Parts {
  readonly ai: GoogleGenAI;
  readonly app: TestApp;
  readonly upstream: ScriptedUpstream;
  /** The body that reached the vendor last. */
  sent(): SentBody;
}

/** Their official client, the whole application, and a vendor that does what the script says. */
export async function withGemini(script: Script, use: (parts: Parts) => Promise<void>, type = "openai"): Promise<void> {
  using upstream = openUpstream(script);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", type, origin: upstream.origin, models: ["m", "org/m", "gemini-2.5-flash"] }),
  });
  const ai = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: app.origin } });
  await use({ ai, app, upstream, sent: () => JSON.parse(upstream.requests.at(-1)?.body ?? "{}") });
}

export const replay = (vendor: string, name: string) => (): Step[] => {
  const { head, body } = readFixture(vendor, name);
  return [`${head}\r\nconnection: close\r\n\r\n`, body, "close"];
};

export const turns = (...all: ScriptedTurn[]) => inTurns(openaiTurn, all);

export interface Read {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly object[];
  readonly finish: string | undefined;
  readonly usage: object | undefined;
  readonly model: string | undefined;
}

/** Both ways of the client to ask, read to the same. */
export const ways: Readonly<Record<string, (ai: GoogleGenAI, ask: GenerateContentParameters) => Promise<Read>>> = {
  async whole(ai, ask) {
    return read([await ai.models.generateContent(ask)]);
  },
  async stream(ai, ask) {
    return read(await Array.fromAsync(await ai.models.generateContentStream(ask)));
  },
};

function read(pieces: GenerateContentResponse[]): Read {
  const parts = pieces.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const textOf = (isThought: boolean) =>
    parts.map(({ text, thought }) => (Boolean(thought) === isThought ? (text ?? "") : "")).join("");
  const last = pieces.at(-1);
  return {
    text: textOf(false),
    thoughts: textOf(true),
    calls: pieces.flatMap(({ functionCalls }) => functionCalls ?? []),
    finish: last?.candidates?.[0]?.finishReason,
    usage: last?.usageMetadata,
    model: last?.modelVersion,
  };
}

export const weather = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: {
    type: Type.OBJECT,
    properties: {
      city: { type: Type.STRING, nullable: true },
      days: { type: Type.ARRAY, minItems: "1", items: { type: Type.INTEGER } },
    },
    required: ["city"],
    propertyOrdering: ["city", "days"],
  },
};
export const weatherSchema = {
  type: "object",
  properties: { city: { type: ["string", "null"] }, days: { type: "array", minItems: 1, items: { type: "integer" } } },
  required: ["city"],
};
export const weatherTool = {
  type: "function",
  function: { name: "get_weather", description: "The weather of a city", parameters: weatherSchema },
};
export const call = (city: string) => ({ name: "get_weather", json: JSON.stringify({ city }) });
export const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
