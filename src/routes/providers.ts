import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Model, ProviderInfo } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";
import { routerName } from "../providers/registry.ts";
import type { Services } from "../services.ts";

export function providers(services: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get("/providers", () => listProviders(services), {
    response: Type.Array(ProviderInfo),
    detail: { summary: "Every provider, the router first" },
  });
}

export async function listProviders({ registry, catalogue, health, ready }: Services): Promise<ProviderInfo[]> {
  await ready;
  const known = registry.list();
  const infos = await Promise.all(
    known.map(async (provider) => {
      const models = (provider.configured && (await catalogue.find(provider))) || [];
      const status = provider.lastResort ? "up" : health.status(provider.name);
      return toInfo(provider, models, status);
    }),
  );
  const router: ProviderInfo = {
    ...toInfo({ name: routerName, label: "Auto", url: null, auth: false, loginUrl: null, configured: true }, [], "up"),
    vision: infos.some(({ vision }) => vision),
  };
  return [router, ...infos];
}

type Listed = Pick<Provider, "name" | "label" | "url" | "auth" | "loginUrl" | "configured">;

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
  };
}
