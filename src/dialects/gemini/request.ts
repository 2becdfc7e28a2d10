import { type Static, Type } from "@sinclair/typebox";
import { createReader } from "../reader.ts";
import { withCamelNames } from "./names.ts";

const open = { additionalProperties: true } as const;
const text = Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string" }));
const number = Type.Optional(Type.Union([Type.Number(), Type.Null()], { expected: "a number" }));
const integer = Type.Optional(Type.Union([Type.Integer(), Type.Null()], { expected: "a whole number" }));
const boolean = Type.Optional(Type.Union([Type.Boolean(), Type.Null()], { expected: "a boolean" }));
const object = Type.Record(Type.String(), Type.Unknown());
const anything = Type.Optional(Type.Unknown());

const Blob = Type.Object({ mimeType: text, data: Type.String(), displayName: text }, open);

/** https://ai.google.dev/api/caching#Part */
const Part = Type.Object(
  {
    text,
    thought: boolean,
    thoughtSignature: text,
    inlineData: Type.Optional(Blob),
    fileData: Type.Optional(Type.Object({ mimeType: text, fileUri: Type.String() }, open)),
    functionCall: Type.Optional(Type.Object({ id: text, name: Type.String(), args: Type.Optional(object) }, open)),
    functionResponse: Type.Optional(
      Type.Object(
        {
          id: text,
          name: Type.String(),
          response: Type.Optional(object),
          parts: Type.Optional(Type.Array(Type.Object({ inlineData: Type.Optional(Blob) }, open))),
        },
        open,
      ),
    ),
    executableCode: Type.Optional(Type.Object({ language: text, code: Type.String() }, open)),
    codeExecutionResult: Type.Optional(Type.Object({ output: text }, open)),
  },
  { ...open, expected: "a part: an object" },
);
export type Part = Static<typeof Part>;

const Content = Type.Object(
  {
    // `function` is what older clients send results as.
    role: Type.Optional(
      Type.Union(
        [
          Type.Literal("user"),
          Type.Literal("model"),
          Type.Literal("function"),
          Type.Literal("system"),
          Type.Literal(""),
          Type.Null(),
        ],
        { expected: "user or model" },
      ),
    ),
    // A single one may stand for a list of one, as in all that this API takes.
    parts: Type.Optional(Type.Union([Type.Array(Part), Part], { expected: "an array of parts" })),
  },
  { ...open, expected: "an object with role and parts" },
);
export type Content = Static<typeof Content>;

const FunctionDeclaration = Type.Object(
  { name: Type.String({ minLength: 1 }), description: text, parameters: anything, parametersJsonSchema: anything },
  open,
);

const GenerationConfig = Type.Object(
  {
    temperature: number,
    topP: number,
    topK: number,
    maxOutputTokens: integer,
    stopSequences: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Null()], { expected: "an array of strings" }),
    ),
    seed: integer,
    presencePenalty: number,
    frequencyPenalty: number,
    candidateCount: integer,
    responseMimeType: text,
    responseSchema: anything,
    responseJsonSchema: anything,
    responseLogprobs: boolean,
    logprobs: integer,
    thinkingConfig: Type.Optional(
      Type.Object({ includeThoughts: boolean, thinkingBudget: integer, thinkingLevel: text }, open),
    ),
    imageConfig: Type.Optional(Type.Object({ aspectRatio: text, imageSize: text }, open)),
    speechConfig: Type.Optional(object),
  },
  open,
);
export type GenerationConfig = Static<typeof GenerationConfig>;

const FunctionCallingConfig = Type.Object(
  { mode: text, allowedFunctionNames: Type.Optional(Type.Array(Type.String())) },
  open,
);

/** What is asked, with their names in one spelling: https://ai.google.dev/api/generate-content#request-body */
const GenerateContentRequest = Type.Object(
  {
    contents: Type.Union([Type.Array(Content), Content], { expected: "an array of contents" }),
    systemInstruction: Type.Optional(
      Type.Union([Content, Type.String(), Type.Null()], { expected: "an object with parts" }),
    ),
    tools: Type.Optional(
      Type.Array(Type.Object({ functionDeclarations: Type.Optional(Type.Array(FunctionDeclaration)) }, open), {
        expected: "an array of tools",
      }),
    ),
    toolConfig: Type.Optional(Type.Object({ functionCallingConfig: Type.Optional(FunctionCallingConfig) }, open)),
    generationConfig: Type.Optional(GenerationConfig),
    safetySettings: Type.Optional(Type.Array(object, { expected: "an array of objects" })),
    cachedContent: text,
  },
  open,
);
export type GenerateContentRequest = Static<typeof GenerateContentRequest>;

const EmbedContentRequest = Type.Object({ content: Content, outputDimensionality: integer }, open);
export type EmbedContentRequest = Static<typeof EmbedContentRequest>;

const BatchEmbedContentsRequest = Type.Object({ requests: Type.Array(EmbedContentRequest) }, open);

const readGenerate = createReader(GenerateContentRequest);
const readEmbed = createReader(EmbedContentRequest);
const readBatchEmbed = createReader(BatchEmbedContentsRequest);

/** @throws {ApiError} `invalid_request`, naming the field and never its value */
export function readGenerateRequest(body: unknown): GenerateContentRequest {
  return readGenerate(withCamelNames(body));
}

/** One text to be embedded. @throws as `readGenerateRequest` */
export function readEmbedRequest(body: unknown): readonly EmbedContentRequest[] {
  return [readEmbed(withCamelNames(body))];
}

/** Several. @throws as `readGenerateRequest` */
export function readBatchEmbedRequest(body: unknown): readonly EmbedContentRequest[] {
  return readBatchEmbed(withCamelNames(body)).requests;
}
