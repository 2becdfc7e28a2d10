import { arrayAt, at, countAt, textAt } from "../lib/json.ts";
import type { Model } from "../protocol/models.ts";
import type { MediaKind } from "../protocol/resources.ts";
import { createModel } from "./model-traits.ts";
import { type MediaQuirks, withMedia } from "./openai-media/methods.ts";
import { type MessageQuirks, toMessages, withoutMark } from "./openai-messages.ts";
import { createStreamDecoder } from "./openai-stream.ts";
import type { Adapter, ProviderChat, ProviderOptions } from "./provider.ts";
import { createRequests } from "./requests.ts";
import { createWireProvider, type QuotaSource, type Wire } from "./wire.ts";

/** What tells one OpenAI-compatible upstream from another: every field but the first three has OpenAI's own way as its default. */
export interface CompatibleOptions extends MessageQuirks {
  readonly name: string;
  readonly url: string | null;
  /** With its version: `https://api.openai.com/v1`; `{NAME}` in it stands for a variable that every account has of its own. */
  readonly baseUrl: string;
  readonly label?: string;
  readonly loginUrl?: string;
  readonly aliases?: readonly string[];
  readonly keyNames?: readonly string[];
  readonly addressNames?: readonly string[];
  /** For those who name none: the first that is listed. */
  readonly usualModels?: readonly string[];
  /** A runtime on this machine: no key, and looked for at its `baseUrl`. */
  readonly local?: { readonly probePath: string };
  /** Answers strangers without a key, as its own documentation says. */
  readonly isPublic?: boolean;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The header that holds the key alone, instead of `Authorization: Bearer`. */
  readonly keyHeader?: string;
  readonly modelsPath?: string;
  /** Where the vendor has no list of models: those that its documentation names. */
  readonly models?: readonly string[];
  /** The field of an entry of the list that holds the model's id. */
  readonly idField?: string;
  /** What an entry of the list tells beyond the usual; `undefined` leaves the model out. */
  toModel?(entry: unknown): Told | undefined;
  /** Models that refuse `max_tokens` and want `max_completion_tokens`. */
  readonly renamesMaxTokens?: RegExp;
  /** Fields that a model refuses, of those that most take. */
  refuses?(model: string, options: ProviderOptions): readonly string[];
  /** Of the vendor's own models: who is asked at another address may read none, unless it has OpenAI's newer interface. */
  readsPdfs?(model: string): boolean;
  /** Another interface of the vendor's, for models that are better asked by it. */
  wireFor?(model: string, options: ProviderOptions): Pick<Wire, "chatPath" | "toBody" | "decoder"> | undefined;
  /** Fields that go through as they are, beside the usual; and those of the usual that do not. */
  readonly passes?: readonly string[];
  readonly stops?: readonly string[];
  /** What the vendor wants otherwise in a body that is OpenAI's. */
  adjust?(body: Record<string, unknown>, chat: ProviderChat): Record<string, unknown>;
  readonly quota?: QuotaSource;
  readonly classify?: Wire["classify"];
  /** What the vendor makes beside chats. */
  readonly media?: MediaQuirks;
}

/** What a list tells of a model; `makes` where it makes that, and answers no chat. */
export type Told = Partial<Model> & { readonly makes?: MediaKind };

const usualPasses = [
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "top_k",
  "min_p",
  "repetition_penalty",
  "user",
  "verbosity",
];

const parameters = {
  temperature: 1,
  top_p: 1,
  max_tokens: 4096,
  stop: ["stop1"],
  seed: null,
  frequency_penalty: 0,
  presence_penalty: 0,
  tools: [],
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning_effort: "medium",
  response_format: null,
};

/** An adapter for an upstream that speaks chat completions: https://platform.openai.com/docs/api-reference/chat */
export function createCompatibleAdapter(it: CompatibleOptions): Adapter {
  const { name, keyNames = [], aliases = [], addressNames = [], isPublic = false } = it;
  const identity = {
    label: it.label ?? name,
    url: it.url,
    loginUrl: it.loginUrl ?? null,
    loadsModels: it.local !== undefined,
    usualModels: it.usualModels ?? [],
    passes: [...usualPasses.filter((field) => !it.stops?.includes(field)), ...(it.passes ?? [])],
  };
  return {
    name,
    aliases,
    keyNames,
    addressNames,
    ...(it.local && { localAddress: it.baseUrl, probePath: it.local.probePath }),
    ...(it.baseUrl.includes("{") && { addressPattern: it.baseUrl }),
    open(options) {
      const hasKey = (options.apiKeys ?? []).length > 0;
      const isElsewhere = options.baseUrl !== undefined && !it.baseUrl.includes("{");
      // Servers of one's own often want no key.
      const auth = keyNames.length > 0 && !isPublic && (!isElsewhere || hasKey);
      const isOpen = isPublic && !isElsewhere && !hasKey;
      const { name } = options;
      const told = new Map<string, MediaKind>();
      const wire = createWire(it, options, told);
      const requests = createRequests({ ...wire, name, auth, options });
      const provider = createWireProvider(
        {
          ...identity,
          auth,
          isPublic: isOpen,
          name,
          ...(it.readsPdfs && (!isElsewhere || options.api === "responses") && { readsPdfs: it.readsPdfs }),
          parameters: (model) => omit(parameters, it.refuses?.(model, options) ?? []),
        },
        wire,
        options,
        requests,
      );
      return it.media ? withMedia(provider, it.media, requests, told, options) : provider;
    },
  };
}

function createWire(it: CompatibleOptions, options: ProviderOptions, makers: Map<string, MediaKind>): Wire {
  const { keyHeader, idField = "id", toModel = () => ({}) } = it;
  const wireFor = (chat: ProviderChat) => it.wireFor?.(chat.model, options);
  return {
    baseUrl: options.baseUrl ?? it.baseUrl,
    framing: "sse",
    headers: (key) => ({
      ...it.headers,
      ...(key !== undefined && (keyHeader === undefined ? { authorization: `Bearer ${key}` } : { [keyHeader]: key })),
    }),
    chatPath: (chat) => wireFor(chat)?.chatPath(chat) ?? "/chat/completions",
    toBody(chat) {
      const other = wireFor(chat);
      if (other) return other.toBody(chat);
      const body = toBody(chat, it);
      return it.adjust?.(body, chat) ?? body;
    },
    decoder: (chat) => wireFor(chat)?.decoder(chat) ?? createStreamDecoder(chat),
    modelsPath: it.models ? undefined : (it.modelsPath ?? "/models"),
    toModels: (body) => it.models?.map((id) => createModel(id)) ?? toModels(body, idField, toModel, makers),
    ...(it.quota && { quota: it.quota }),
    ...(it.classify && { classify: it.classify }),
  };
}

function omit(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function toBody(chat: ProviderChat, it: CompatibleOptions): Record<string, unknown> {
  const { max_tokens, tools, tool_choice, parallel_tool_calls, ...sampling } = chat.sampling;
  const limitField = it.renamesMaxTokens?.test(chat.model) ? "max_completion_tokens" : "max_tokens";
  return {
    ...chat.extra,
    ...sampling,
    // Without tools their settings are refused, and so is an empty list.
    ...(tools?.length && {
      tools: it.takesCacheMarks ? tools : tools.map(withoutMark),
      ...(tool_choice != null && { tool_choice }),
      ...(parallel_tool_calls != null && { parallel_tool_calls }),
    }),
    ...(max_tokens != null && { [limitField]: max_tokens }),
    model: chat.model,
    messages: toMessages(chat.messages, it),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** OpenAI's list under `data`, a bare array, or the vendor's own list; many add what a model can do. */
function toModels(
  body: unknown,
  idField: string,
  toModel: (entry: unknown) => Told | undefined,
  makers: Map<string, MediaKind>,
): Model[] {
  const list = [body, at(body, "data"), at(body, "models"), at(body, "result")].find(Array.isArray) ?? [];
  return list.flatMap((entry: unknown) => {
    const id = textAt(entry, idField);
    const told = toModel(entry);
    if (id === undefined || told === undefined) return [];
    const { makes, ...traits } = told;
    if (makes !== undefined) makers.set(id, makes);
    const context = countAt(entry, "context_length") ?? countAt(entry, "max_model_len");
    const inputs = arrayAt(entry, "architecture", "input_modalities");
    const label = textAt(entry, "name") ?? id;
    return createModel(id, {
      label,
      ...(context !== undefined && { context_length: context }),
      ...(inputs.length > 0 && { vision: inputs.includes("image") }),
      ...traits,
    });
  });
}
