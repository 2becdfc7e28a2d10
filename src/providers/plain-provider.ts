import type { Model } from "../protocol/models.ts";
import { addressGaps } from "./address.ts";
import type { MediaKind } from "../protocol/resources.ts";
import { createModel, mediaTraits } from "./model-traits.ts";
import type { Provider, ProviderIdentity, ProviderOptions } from "./provider.ts";

/** What tells one provider that answers no chats from another. */
export interface PlainIdentity extends Omit<ProviderIdentity, "isPublic"> {
  readonly baseUrl: string;
  readonly usualModels: readonly string[];
  readonly passes?: readonly string[];
}

type Methods = Pick<
  Provider,
  "parameters" | "listModels" | "makes" | "generate" | "speak" | "transcribe" | "quota" | "check" | "usualListeners"
>;

/** A provider without a chat: what every provider has, and what this one can do. */
export function createPlainProvider(identity: PlainIdentity, options: ProviderOptions, methods: Methods): Provider {
  const { baseUrl, passes = [], ...rest } = identity;
  const { apiKeys = [], models } = options;
  return {
    ...rest,
    isPublic: false,
    passes,
    lastResort: false,
    configured: (!identity.auth || apiKeys.length > 0) && addressGaps(baseUrl).length === 0,
    keyCount: apiKeys.length,
    defaultModel: options.defaultModel ?? models?.[0],
    startsSlowly: () => true,
    ...methods,
    listModels: async (call) => models?.map((id) => toModel(id, methods.makes?.(id))) ?? methods.listModels(call),
  };
}

function toModel(id: string, kind: MediaKind | undefined): Model {
  return createModel(id, kind && mediaTraits(kind));
}
