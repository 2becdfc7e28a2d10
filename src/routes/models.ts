import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { providerKey, providerKeyHeader } from "../http/provider-key.ts";
import { ApiError } from "../protocol/errors.ts";
import { Capability, Model, ModelGroup, ModelSummary } from "../protocol/models.ts";
import type { Catalogue } from "../providers/catalogue.ts";
import { isRouterName, type Registry, routerName } from "../providers/registry.ts";
import { askedModel } from "../routing/asked.ts";
import type { Route } from "../routing/route.ts";
import type { Services } from "../services.ts";

export function models(services: Services) {
  const { registry, catalogue, ready } = services;
  const listRoutes = () => routesOf(services);

  return new Elysia({ prefix: "/backend-api/v2/models" })
    .get(
      "/",
      async ({ query }) => {
        await ready;
        const hasOffers = query.details === "true";
        const asked = { capability: query.capability, hasOffers };
        const listed = await catalogue.summary(registry.select(query.provider), asked);
        const found = hasOffers ? listed.map((each) => ({ ...each, maker: makerOf(each.name) })) : listed;
        const isWhole = isRouterName(query.provider ?? routerName) && query.capability === undefined;
        return isWhole ? sortByName([...listRoutes().map(toSummary), ...found]) : found;
      },
      {
        query: Type.Object({
          provider: Type.Optional(Type.String()),
          capability: Type.Optional(Capability),
          details: Type.Optional(Type.Union([Type.Literal("true"), Type.Literal("false")])),
        }),
        response: answers({ 200: Type.Array(ModelSummary) }),
        detail: {
          summary: "Every model that can be asked now",
          description: "`details=true` says of each what every provider of it offers: abilities, context and price.",
        },
      },
    )
    .get(
      "/:provider",
      async ({ params, request }) => {
        await ready;
        if (isRouterName(params.provider)) return groups(registry, catalogue, listRoutes());
        const provider = registry.find(params.provider);
        const route = listRoutes().find(({ name }) => name === params.provider);
        if (!provider && route) return [toModel(route)];
        if (!provider) return [await findModel(params.provider, registry, catalogue)];
        return [...(await catalogue.list(provider, providerKey(request)))];
      },
      {
        params: Type.Object({ provider: Type.String() }),
        response: answers({ 200: Type.Union([Type.Array(Model), Type.Array(ModelGroup)]) }),
        detail: {
          summary: "The models of one provider; of the router by maker; or the one model of that name",
          parameters: [providerKeyHeader],
        },
      },
    );
}

/** Every model and route that can be asked now, without details. */
export async function listSummaries(
  services: Pick<Services, "registry" | "catalogue" | "config" | "ready">,
  name?: string,
) {
  const { registry, catalogue, ready } = services;
  await ready;
  const found = await catalogue.summary(registry.select(), { hasOffers: false, name });
  const routes = routesOf(services).filter((route) => name === undefined || route.name === name);
  return sortByName([...routes.map(toSummary), ...found]);
}

/** Whether a name is no model's, but a route's, or stands for whoever the router takes. */
export function isAnyones(name: string, services: Pick<Services, "registry" | "config">): boolean {
  return askedModel(name) === null || isRouterName(name) || routesOf(services).some((route) => route.name === name);
}

/** The routes that somebody could answer. */
function routesOf({ registry, config }: Pick<Services, "registry" | "config">): readonly Route[] {
  return config.routes.filter(({ providers }) =>
    providers.some(({ provider }) => registry.canBeAsked(registry.get(provider))),
  );
}

async function listAll(registry: Registry, catalogue: Catalogue): Promise<Model[]> {
  const lists = await Promise.all(registry.select().map((provider) => catalogue.find(provider)));
  return lists.flatMap((list) => list ?? []);
}

async function findModel(name: string, registry: Registry, catalogue: Catalogue): Promise<Model> {
  const found = (await listAll(registry, catalogue)).find(({ id }) => id === name);
  if (found) return found;
  throw new ApiError(
    "provider_not_found",
    "there is no provider and no model of that name; GET /backend-api/v2/providers lists the providers",
  );
}

/** What the router and its routes can do is what those behind them can. */
const anything = { image: false, vision: true, audio: false, video: false, tools: true, reasoning: false, tags: [] };

function toModel({ name, providers }: Route): Model {
  return { ...anything, id: name, model: name, label: name, default: false, count: providers.length };
}

function toSummary({ name }: Route): ModelSummary {
  const { image, vision, audio, video } = anything;
  return { name, label: name, image, vision, audio, video, providers: [routerName] };
}

function sortByName(summaries: ModelSummary[]): ModelSummary[] {
  return summaries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The router's models: its default, then its routes, then one group a maker, each model once. */
async function groups(registry: Registry, catalogue: Catalogue, routes: readonly Route[]): Promise<ModelGroup[]> {
  const router: Model = {
    ...anything,
    id: "default",
    model: "default",
    label: "Auto",
    default: true,
    count: registry.select().length,
  };
  const unique = new Map((await listAll(registry, catalogue)).map((model) => [model.id, { ...model, default: false }]));
  const byMaker = Map.groupBy(unique.values(), ({ id }) => makerOf(id));
  const makers = [...byMaker].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = routes.length > 0 ? [{ group: "Routes", models: routes.map(toModel) }] : [];
  return [
    { group: "Default", models: [router] },
    ...named,
    ...makers.map(([group, list]) => ({ group, models: list })),
  ];
}

/** Who made a model, by the beginning of its name; what stands before a `/` says so itself. */
const makers: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|chatgpt|o\d|dall-e|whisper|tts|sora|text-embedding)/, "OpenAI"],
  [/^claude/, "Anthropic"],
  [/^(gemini|gemma|imagen|veo)/, "Google"],
  [/^(llama|meta)/, "Meta"],
  [/^(mistral|mixtral|codestral|pixtral|magistral|ministral|devstral)/, "Mistral"],
  [/^(qwen|qwq)/, "Qwen"],
  [/^deepseek/, "DeepSeek"],
  [/^grok/, "xAI"],
  [/^command/, "Cohere"],
  [/^phi/, "Microsoft"],
];

function makerOf(id: string): string {
  const name = id.toLowerCase().replace(/^.*\//, "");
  return makers.find(([pattern]) => pattern.test(name))?.[1] ?? "Other";
}
