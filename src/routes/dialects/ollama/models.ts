import { Type } from "@sinclair/typebox";
import { type OllamaAbility, toRunning, toShown, toTag } from "../../../dialects/ollama/models.ts";
import { createCheck } from "../../../lib/schema.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { isChatModel, isEmbedder } from "../../../providers/model-traits.ts";
import type { Services } from "../../../services.ts";
import { listSummaries } from "../../models.ts";
import { createOllamaNames, type Offer } from "./names.ts";

/** Runs that are looked through for those that go on. */
const maxRuns = 200;

const Named = Type.Object(
  { model: Type.Optional(Type.String()), name: Type.Optional(Type.String()), stream: Type.Optional(Type.Boolean()) },
  { additionalProperties: true },
);
const named = createCheck(Named);

/** The router's choice. */
const auto = "auto";

export function createOllamaModels(services: Services) {
  const names = createOllamaNames(services);
  const { runs, access, clock } = services;

  return {
    async list() {
      const listed = (await listSummaries(services)).map(({ name }) => name);
      return { models: [auto, ...listed].map(toTag) };
    },

    async show(body: unknown) {
      const name = await names.toListed(parseNamed(body).name);
      const offers = await names.get(name);
      return toShown({ name, ...toTraits(offers) });
    },

    async running(request: Request) {
      const listed = await runs.list(access.caller(request).owner, maxRuns);
      const models = listed.flatMap(({ state, model }) => (state === "running" && model !== null ? [model] : []));
      return { models: [...new Set(models)].map((model) => toRunning(model, clock())) };
    },

    /** Tools pull a model before they use it: one that is listed is there already. */
    async pull(body: unknown) {
      const { name, isStream } = parseNamed(body);
      await names.get(await names.toListed(name)).catch((cause: unknown) => {
        throw new ApiError(
          "not_offered",
          "models are managed at their providers, and none of them lists this one; GET /api/tags lists those that are there",
          { cause },
        );
      });
      if (!isStream) return { status: "success" };
      const lines = [{ status: "pulling manifest" }, { status: "success" }];
      return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), {
        headers: { "content-type": "application/x-ndjson" },
      });
    },
  };
}

/** @throws {ApiError} `invalid_request` */
function parseNamed(body: unknown): { readonly name: string; readonly isStream: boolean } {
  // An older word for it, which some of their own clients use.
  const name = named.Check(body) ? body.model || body.name : undefined;
  if (!name) throw new ApiError("invalid_request", "model: expected a model's name");
  return { name, isStream: named.Check(body) && body.stream !== false };
}

/** Of those who could answer, whoever will; of nobody in particular what most can. */
function toTraits(offers: readonly Offer[]): { abilities: OllamaAbility[]; contextLength?: number | undefined } {
  const [first] = offers;
  if (!first) return { abilities: ["completion", "tools", "vision"] };
  const some = (is: (offer: Offer) => boolean) => offers.some(is);
  const answers = some(({ provider, model }) => isChatModel(model, provider));
  const abilities: Record<OllamaAbility, boolean> = {
    completion: answers,
    // Where a model has none of its own they are put into words.
    tools: answers,
    thinking: some(({ model }) => model.reasoning),
    vision: some(({ model }) => model.vision),
    embedding: some(({ provider, model }) => provider.embed !== undefined && isEmbedder(model.id)),
    image: some(({ model }) => model.image),
    audio: some(({ model }) => model.audio),
  };
  const lengths = offers.flatMap(({ model }) => model.context_length ?? []);
  return {
    abilities: (Object.keys(abilities) as OllamaAbility[]).filter((each) => abilities[each]),
    // Whoever is asked must be able to read it.
    ...(lengths.length > 0 && { contextLength: Math.min(...lengths) }),
  };
}
