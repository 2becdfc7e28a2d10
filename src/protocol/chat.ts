import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { ToolCall } from "./events.ts";

/**
 * What a caller may ask. Objects stay open, since existing clients send fields of their own; what we do not
 * declare never reaches an upstream unless its adapter lists the field. `expected` words a refusal.
 */

const open = { additionalProperties: true } as const;
const Nullable = <T extends TSchema>(schema: T, expected: string) =>
  Type.Union([schema, Type.Null()], { expected: `${expected} or null` });
const optionalNumber = () => Type.Optional(Nullable(Type.Number(), "a number"));
const optionalInteger = () => Type.Optional(Nullable(Type.Integer(), "a whole number"));
const optionalText = () => Type.Optional(Nullable(Type.String(), "a string"));

/** What is said. */
export const TextPart = Type.Object({ type: Type.Literal("text"), text: Type.String() }, open);

/** A picture: an http(s) address or a `data:` address with base64. */
export const ImagePart = Type.Object(
  {
    type: Type.Literal("image_url"),
    image_url: Type.Object({ url: Type.String(), detail: Type.Optional(Type.String()) }, open),
  },
  open,
);

/** Sound: base64 without a `data:` prefix, and its format (`wav`, `mp3`). */
export const AudioPart = Type.Object(
  { type: Type.Literal("input_audio"), input_audio: Type.Object({ data: Type.String(), format: Type.String() }, open) },
  open,
);

/** A document, as a `data:` address. */
export const FilePart = Type.Object(
  {
    type: Type.Literal("file"),
    file: Type.Object({ filename: Type.Optional(Type.String()), file_data: Type.String() }, open),
  },
  open,
);
export type FilePart = Static<typeof FilePart>;

export const Part = Type.Union([TextPart, ImagePart, AudioPart, FilePart]);
export type Part = Static<typeof Part>;

/**
 * A bucket's text; or, with `name` or `"url":"/files/<bucket_id>/media/<name>"`, one of its pictures, films or sounds. It
 * has no `type`, as existing clients send it.
 */
export const BucketPart = Type.Object(
  {
    type: Type.Optional(Type.Undefined()),
    bucket_id: Type.String(),
    name: optionalText(),
    url: optionalText(),
  },
  open,
);
export type BucketPart = Static<typeof BucketPart>;

/** What a caller may put into a message: parts, and what becomes parts before a provider sees it. */
export const AskedPart = Type.Union([...Part.anyOf, BucketPart], {
  expected: "a part of type text, image_url, input_audio or file, with that type's fields, or a part with bucket_id",
});
export type AskedPart = Static<typeof AskedPart>;

/** Whose message it is. */
export const Role = Type.Union(
  [
    Type.Literal("system"),
    Type.Literal("developer"),
    Type.Literal("user"),
    Type.Literal("assistant"),
    Type.Literal("tool"),
  ],
  { expected: "one of system, developer, user, assistant, tool" },
);

const messageOf = <T extends TSchema>(part: T) =>
  Type.Object(
    {
      role: Role,
      content: Type.Optional(
        Type.Union([Type.String(), Type.Null(), Type.Array(part, { expected: "an array of parts" })], {
          expected: "a string, null or an array of parts",
        }),
      ),
      name: optionalText(),
      tool_calls: Type.Optional(Nullable(Type.Array(ToolCall), "an array of tool calls")),
      tool_call_id: optionalText(),
    },
    { ...open, expected: "a message: an object with role and content" },
  );

/** A message as providers get it. */
export const Message = messageOf(Part);
export type Message = Static<typeof Message>;

/** A message as callers send it. */
export const AskedMessage = messageOf(AskedPart);
export type AskedMessage = Static<typeof AskedMessage>;

/** A tool that the model may call; `parameters` is a JSON Schema. */
export const Tool = Type.Object(
  {
    type: Type.Literal("function"),
    function: Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        description: optionalText(),
        parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        strict: Type.Optional(Nullable(Type.Boolean(), "a boolean")),
      },
      open,
    ),
  },
  open,
);
export type Tool = Static<typeof Tool>;

/** Whether the model may, must or must not call tools; or which it must. */
export const ToolChoice = Type.Union(
  [
    Type.Literal("none"),
    Type.Literal("auto"),
    Type.Literal("required"),
    Type.Object({ type: Type.Literal("function"), function: Type.Object({ name: Type.String() }) }, open),
  ],
  { expected: 'none, auto, required, or {"type":"function","function":{"name":…}}' },
);
export type ToolChoice = Static<typeof ToolChoice>;

/** What the answer is to be: text, any JSON, or JSON that fits a schema. */
export const ResponseFormat = Type.Union(
  [
    Type.Object({ type: Type.Literal("text") }, open),
    Type.Object({ type: Type.Literal("json_object") }, open),
    Type.Object(
      {
        type: Type.Literal("json_schema"),
        json_schema: Type.Object(
          {
            name: Type.String(),
            schema: Type.Record(Type.String(), Type.Unknown()),
            strict: Type.Optional(Type.Boolean()),
          },
          open,
        ),
      },
      open,
    ),
  ],
  { expected: "an object of type text, json_object or json_schema" },
);
export type ResponseFormat = Static<typeof ResponseFormat>;

/** What shapes an answer and is passed on to every provider in its own form. */
export const Sampling = {
  tools: Type.Optional(Nullable(Type.Array(Tool), "an array of tools")),
  tool_choice: Type.Optional(Nullable(ToolChoice, "a tool choice")),
  parallel_tool_calls: Type.Optional(Nullable(Type.Boolean(), "a boolean")),
  response_format: Type.Optional(Nullable(ResponseFormat, "a response format")),
  temperature: optionalNumber(),
  top_p: optionalNumber(),
  max_tokens: optionalInteger(),
  stop: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()], {
      expected: "a string, an array of strings or null",
    }),
  ),
  seed: optionalInteger(),
  frequency_penalty: optionalNumber(),
  presence_penalty: optionalNumber(),
  reasoning_effort: optionalText(),
};

/** What shapes a picture, a film or speech. */
export const MediaFields = {
  /** `16:9`. */
  aspect_ratio: optionalText(),
  /** `1K`, `720p`, or width and height as `1024x1536`. */
  resolution: optionalText(),
  width: optionalInteger(),
  height: optionalInteger(),
  /** How many. */
  n: optionalInteger(),
  negative_prompt: optionalText(),
  /** How much care a picture takes, in its vendor's words: `low`, `high`. */
  quality: optionalText(),
  /** What is behind what a picture shows: `transparent`, `opaque`. */
  background: optionalText(),
  /** Of a film, in seconds. */
  duration: optionalNumber(),
  seed: optionalInteger(),
  /** Of speech. */
  voice: optionalText(),
  /** `mp3`, `wav`, `png`, … */
  format: optionalText(),
  /** Of speech: 1 is as usual. */
  speed: optionalNumber(),
};
export const MediaSettings = Type.Object(MediaFields);
export type MediaSettings = Static<typeof MediaSettings>;

/** No model and no provider has a longer name: it is repeated in events, headers and traces. */
export const maxNameLength = 256;
const Name = Type.String({ maxLength: maxNameLength });

/** What is asked. `messages` alone is required; fields that are not known here are passed over. */
export const ChatRequest = Type.Object(
  {
    messages: Type.Array(AskedMessage, { expected: "an array with at least one message" }),
    /** null, "", "default" and "auto" mean the provider's default. */
    model: Type.Optional(Nullable(Name, "a model's name")),
    /** null, "" and "AnyProvider" mean the router; several names are an ordered fall-back. */
    provider: Type.Optional(
      Type.Union([Type.String({ maxLength: 10_000 }), Type.Array(Name, { maxItems: 100 }), Type.Null()], {
        expected: "a provider's name, a list of at most 100 names, or null",
      }),
    ),
    conversation: Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown()), "an object")),
    /** `continue` goes on with the last message of the assistant. */
    action: optionalText(),
    /** With `continue`: the run whose text is gone on from. */
    run_id: optionalText(),
    /** Whether what a vendor made, and gives as an address alone, is fetched and kept here; it is unless `false`. */
    download_media: Type.Optional(Nullable(Type.Boolean(), "a boolean")),
    /**
     * `true`: the web is searched for the last message of the user, and what is found put before it. `auto`: the model
     * searches and reads by itself, as it needs. Any other text: searched for. As texts, `1`, `0` and `false` mean what they say.
     */
    web_search: Type.Optional(
      Type.Union([Type.Boolean(), Type.String(), Type.Null()], { expected: "a boolean, a query, or auto" }),
    ),
    /**
     * Which tools of the server's MCP servers the model may call by itself: `true` for all, or names of servers and of
     * their tools, `files` or `files/read`. If it is not set, those of servers that are `always` offered; of a list, of no others.
     */
    mcp: Type.Optional(
      Type.Union([Type.Boolean(), Type.Array(Type.String({ maxLength: 256 }), { maxItems: 200 }), Type.Null()], {
        expected: "a boolean, or a list of at most 200 names, server or server/tool",
      }),
    ),
    /** The run outlives the connection, and can be joined. */
    resumable: Type.Optional(Nullable(Type.Boolean(), "a boolean")),
    /** The chat that the run is recorded in, which is made if it is missing: those in its room see it live. */
    chat_id: optionalText(),
    /** The message of that chat which `messages` come after: what stands before it need not be sent again. */
    parent_id: optionalText(),
    /** Whose memories are meant, of all that the caller keeps; the owner's own if it is not said. */
    user: optionalText(),
    /** Whether what is remembered of that user is put before the conversation. */
    memory: Type.Optional(Nullable(Type.Boolean(), "a boolean")),
    ...Sampling,
    ...MediaFields,
    /** Puts the tools into words: `true` always, `false` never; else where the model has none of its own. */
    tool_emulation: Type.Optional(Nullable(Type.Boolean(), "a boolean")),
    /** The caller's own key, for this request alone. */
    api_key: Type.Optional(
      Type.Union(
        [
          Type.String(),
          Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), { maxProperties: 100 }),
          Type.Null(),
        ],
        { expected: "a key, or an object of at most 100 provider names and keys" },
      ),
    ),
    /** A server of the caller's own, OpenAI-compatible: with provider `Custom` alone, and never with the server's keys. */
    base_url: optionalText(),
    /** Its older name. */
    api_base: optionalText(),
    /** Providers that the router skips. */
    ignored: Type.Optional(Nullable(Type.Array(Name, { maxItems: 100 }), "an array of at most 100 provider names")),
    /** Longest wait for the whole answer, in seconds; the server's own limit is the ceiling. */
    timeout: Type.Optional(Nullable(Type.Number({ exclusiveMinimum: 0 }), "a number above 0")),
    /** Longest silence between two events, in seconds; the server's own limit is the ceiling. */
    stream_timeout: Type.Optional(Nullable(Type.Number({ exclusiveMinimum: 0 }), "a number above 0")),
  },
  { ...open, expected: "a JSON object" },
);
export type ChatRequest = Static<typeof ChatRequest>;
