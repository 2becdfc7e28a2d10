import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { type Model, ProviderInfo } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";
import { routerName } from "../providers/registry.ts";
import type { Services } from "../services.ts";

export function providers(services: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get("/providers", () => listProviders(services), {
    response: answers({ 200: Type.Array(ProviderInfo) }),
    detail: { summary: "Every provider, the router first" },
  });
}

export async function listProviders({ registry, catalogue, health, load, ready }: Services): Promise<ProviderInfo[]> {
  await ready;
  const known = registry.list();
  const infos = await Promise.all(
    known.map(async (provider) => {
      const models = (registry.isActive(provider) && (await catalogue.find(provider))) || [];
      const { name } = provider;
      const failure = health.lastFailure(name);
      const latency = health.latencyMs(name);
      return {
        ...toInfo(provider, models, provider.lastResort ? "up" : health.status(provider)),
        active_by_default: registry.isActive(provider),
        latency_ms: latency === undefined ? null : Math.round(latency),
        busy: load.busy(name),
        errors: health.errors(name),
        last_error: failure ? { ...failure, at: new Date(failure.at).toISOString() } : null,
      };
    }),
  );
  const vision = infos.some((info) => info.vision);
  return [{ ...toInfo(router, [], "up"), vision }, ...infos];
}

type Listed = Pick<
  Provider,
  "name" | "label" | "url" | "auth" | "loginUrl" | "configured" | "isPublic" | "lastResort" | "quota"
>;

const router: Listed = {
  name: routerName,
  label: "Auto",
  url: null,
  auth: false,
  loginUrl: null,
  configured: true,
  isPublic: false,
  lastResort: false,
};

function toInfo(provider: Listed, models: readonly Model[], status: ProviderInfo["status"]): ProviderInfo {
  const { name, label, url, auth, loginUrl, configured } = provider;
  const count = (capability: "image" | "audio" | "video") => models.filter((model) => model[capability]).length;
  return {
    name,
    label,
    url,
    parent: null,
    image: count("image"),
    audio: count("audio"),
    video: count("video"),
    vision: models.some(({ vision }) => vision),
    auth,
    configured,
    active_by_default: configured,
    live: configured && status !== "down" && status !== "cooling" ? 1 : 0,
    login: false,
    login_url: loginUrl,
    nodriver: false,
    hf_space: false,
    status,
    latency_ms: null,
    busy: 0,
    errors: 0,
    last_error: null,
    public: provider.isPublic,
    last_resort: provider.lastResort,
    tells_quota: provider.quota !== undefined,
  };
}
