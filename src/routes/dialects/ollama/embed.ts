import { parseEmbed, parseEmbeddings, toEmbedded } from "../../../dialects/ollama/embed.ts";
import { createTiming } from "../../../dialects/ollama/timing.ts";
import { type Connection, unhurried } from "../../../http/body.ts";
import { toAnswererHeaders } from "../../../http/run-headers.ts";
import type { Services } from "../../../services.ts";
import { createOllamaNames, orNoModel } from "./names.ts";
import { createFindTarget } from "../target.ts";

interface Asked {
  readonly model: string;
  readonly provider?: string | null | undefined;
  readonly texts: readonly string[];
  readonly dimensions?: number | null | undefined;
}

export function createOllamaEmbeddings(services: Services) {
  const { embedder, access } = services;
  const findTarget = createFindTarget(services);
  const names = createOllamaNames(services);

  return {
    async embed(body: unknown, connection: Connection) {
      const timing = createTiming(() => performance.now());
      const asked = parseEmbed(body);
      const { vectors, promptTokens, headers } = await ask(asked, connection);
      return Response.json(toEmbedded(asked.model, vectors, promptTokens, timing.read()), { headers });
    },

    async embeddings(body: unknown, connection: Connection) {
      const { prompt, ...asked } = parseEmbeddings(body);
      const { vectors, headers } = await ask({ ...asked, texts: prompt ? [prompt] : [] }, connection);
      return Response.json({ embedding: vectors[0] ?? [] }, { headers });
    },
  };

  async function ask({ model, provider, texts, dimensions }: Asked, connection: Connection) {
    const { request } = connection;
    const name = await names.toListed(model);
    if (texts.length === 0) {
      await names.get(name);
      return { vectors: [], promptTokens: 0, headers: {} };
    }
    const target = await findTarget({ model: name, provider }, request);
    const made = await unhurried(connection, () =>
      embedder
        .embed({ texts, dimensions: dimensions ?? undefined, ...target }, access.caller(request), request.signal)
        .catch((thrown: unknown) => orNoModel(model, thrown)),
    );
    return { ...made, headers: toAnswererHeaders(made.provider, made.model) };
  }
}
