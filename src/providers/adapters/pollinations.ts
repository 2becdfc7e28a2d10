import { arrayAt, numberAt } from "../../lib/json.ts";
import { createModel, mediaTraits } from "../model-traits.ts";
import { createCompatibleAdapter } from "../openai-compatible.ts";
import { createKinds, type Kinds, mediaParameters } from "../pollinations/models.ts";
import { makeFilm, makePictures, makeStrangersPicture } from "../pollinations/pictures.ts";
import type { Adapter, Provider, ProviderOptions } from "../provider.ts";
import { createRequests } from "../requests.ts";
import { openSpeech } from "../sound.ts";

const shared = {
  name: "Pollinations",
  url: "https://pollinations.ai",
  loginUrl: "https://enter.pollinations.ai",
  aliases: ["PollinationsAI"],
  keyNames: ["POLLINATIONS_API_KEY"],
  addressNames: ["POLLINATIONS_BASE_URL"],
  idField: "name",
};

/** https://gen.pollinations.ai/docs */
const withKey = {
  ...shared,
  baseUrl: "https://gen.pollinations.ai/v1",
  usualModels: ["openai/gpt-5.4-nano", "google/gemini-3.5-flash-lite"],
  // Those of the community run on their owners' machines.
  modelsPath: "/../models?community=false",
  quota: {
    path: "/../account/balance",
    toQuota: (body: unknown) => ({ unit: "pollen", remaining: numberAt(body, "balance") ?? null }),
  },
};

/** https://github.com/pollinations/pollinations/blob/main/LEGACY_MIGRATION.md */
const withoutKey = {
  ...shared,
  baseUrl: "https://text.pollinations.ai/v1",
  isPublic: true,
  usualModels: ["openai-fast"],
  modelsPath: "/../models",
};

/** Pictures for strangers have a host of their own, without a version. */
const strangersPictures = "https://image.pollinations.ai/v1";

/** Strangers are answered at the older addresses alone, and those with a key at the newer. */
export const pollinations: Adapter = {
  ...createCompatibleAdapter(withKey),
  open: (options) => (options.apiKeys?.length ? openWithKey(options) : openWithoutKey(options)),
};

function openWithKey(options: ProviderOptions): Provider {
  const kinds = createKinds();
  const { name } = options;
  const chat = createCompatibleAdapter({ ...withKey, toModel: kinds.toModel }).open(options);
  const requests = requestsOf(options, withKey.baseUrl, true);
  return {
    ...withMedia(chat, kinds),
    usualSpeakers: ["elevenlabs/eleven-v3"],
    generate: (request, call) =>
      (kinds.of(request.model) === "video" ? makeFilm : makePictures)(request, requests, call),
    speak({ model, text, voice, format = "mp3" }, call) {
      const body = { model, input: text, ...(voice !== undefined && { voice }), response_format: format };
      return openSpeech({ path: "/audio/speech", body, isSlow: true }, call, { requests, provider: name, format });
    },
  };
}

function openWithoutKey(options: ProviderOptions): Provider {
  const kinds = createKinds();
  const chat = createCompatibleAdapter({ ...withoutKey, toModel: kinds.toModel }).open(options);
  const pictures = requestsOf(options, strangersPictures, false);
  return {
    ...withMedia(chat, kinds),
    async listModels(call) {
      if (options.models) return chat.listModels(call);
      // Chats do not fail with the list of pictures.
      const listed = pictures.json({ path: "/../models" }, call).catch(() => []);
      const [models, names] = await Promise.all([chat.listModels(call), listed]);
      const makers = arrayAt(names).filter((entry) => typeof entry === "string");
      for (const maker of makers) kinds.learn(maker, "image");
      return [...models, ...makers.map((id) => createModel(id, mediaTraits("image")))];
    },
    generate: (request, call) => makeStrangersPicture(request, pictures, call),
  };
}

/** At an operator's own address everything is there. */
function requestsOf(options: ProviderOptions, baseUrl: string, auth: boolean) {
  const headers = (key: string | undefined): Record<string, string> =>
    key === undefined ? {} : { authorization: `Bearer ${key}` };
  return createRequests({ name: options.name, auth, baseUrl: options.baseUrl ?? baseUrl, headers, options });
}

function withMedia(chat: Provider, kinds: Kinds): Provider {
  return {
    ...chat,
    makes: kinds.of,
    parameters(model) {
      const kind = kinds.of(model ?? "");
      return kind ? { model, ...mediaParameters(kind) } : chat.parameters(model);
    },
  };
}
