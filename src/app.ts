import { Elysia } from "elysia";
import { failure } from "./http/failure.ts";
import { frame } from "./http/frame.ts";
import { answeringHead } from "./http/head.ts";
import { missing } from "./http/missing.ts";
import { createOrigins } from "./http/origin.ts";
import { createRequestWatch } from "./http/answered.ts";
import { createRequestLog } from "./http/request-log.ts";
import { hasReadableAddress, refuseAddress } from "./http/unreadable-address.ts";
import { budget } from "./routes/budget.ts";
import { channelRoute } from "./routes/channel.ts";
import { chats } from "./routes/chats.ts";
import { conversation } from "./routes/conversation.ts";
import { cookies } from "./routes/cookies.ts";
import { create } from "./routes/create.ts";
import { dialects } from "./routes/dialects/dialects.ts";
import { files } from "./routes/files.ts";
import { clientLog } from "./routes/log.ts";
import { bucketList } from "./routes/bucket-list.ts";
import { media } from "./routes/media.ts";
import { mediaList } from "./routes/media-list.ts";
import { mediaSearch } from "./routes/media-search.ts";
import { memory } from "./routes/memory.ts";
import { metricsRoute } from "./routes/metrics.ts";
import { models } from "./routes/models.ts";
import { openapi } from "./routes/openapi.ts";
import { page } from "./routes/page.ts";
import { providers } from "./routes/providers.ts";
import { probes } from "./routes/probes.ts";
import { providerKeys } from "./routes/provider-keys.ts";
import { quota } from "./routes/quota.ts";
import { routing } from "./routes/routing.ts";
import { runsRoutes } from "./routes/runs.ts";
import { session } from "./routes/session.ts";
import { setup } from "./routes/setup.ts";
import { settings } from "./routes/settings.ts";
import { shares } from "./routes/shares.ts";
import { streamTest } from "./routes/stream-test.ts";
import { synthesize } from "./routes/synthesize.ts";
import { transcribe } from "./routes/transcribe.ts";
import { usage } from "./routes/usage.ts";
import { tools } from "./routes/tools.ts";
import { voices } from "./routes/voices.ts";
import type { Services } from "./services.ts";

/** The whole API, in reading order. */
export function createApp(services: Services) {
  const { access, clients, config, idempotency, incoming, log, metrics, rates, shedding } = services;
  const requestLog = createRequestLog(services);
  const requests = createRequestWatch([metrics.requests.listener, ...(requestLog ? [requestLog] : [])]);
  const bare = new Elysia({
    // One router, so that what access judges is what is routed: Bun's reads `\` in an address otherwise than its URL does.
    systemRouter: false,
    handler: { standardHostname: false },
  });
  // By itself: in the row below it would be one more than the compiler reads.
  bare.use(requests.before);
  const app = bare
    .wrap((handle, request) => {
      if (!hasReadableAddress(request)) return requests.around(refuseAddress);
      if (request.method === "HEAD") return answeringHead(requests.around(handle));
      return requests.around(idempotency.isFor(request) ? idempotency.around(handle) : handle);
    })
    .use(failure(log))
    .use(frame({ access, origins: createOrigins(config, access, clients), clients, rates, shedding, incoming }))
    .use(idempotency.before)
    .use(probes(services))
    // Together: of one more in a row the compiler says that they are too many.
    .use(new Elysia().use(session(services)).use(setup(services)))
    .use(streamTest())
    .use(new Elysia().use(models(services)).use(tools(services)))
    .use(providers(services))
    .use(providerKeys(services))
    .use(quota(services))
    .use(routing(services))
    .use(conversation(services))
    .use(create(services))
    .use(runsRoutes(services))
    .use(channelRoute(services))
    .use(media(services))
    .use(mediaSearch(services))
    .use(mediaList(services))
    .use(synthesize(services))
    .use(transcribe(services))
    .use(voices(services))
    .use(bucketList(services))
    .use(files(services))
    .use(shares(services))
    .use(chats(services))
    .use(memory(services))
    .use(usage(services))
    .use(budget(services))
    .use(settings(services))
    .use(cookies(services))
    .use(clientLog(services))
    .use(page(services));
  // Not in the type: their clients are others'.
  app.use(dialects(services));
  app.use(metricsRoute(services));
  app.use(openapi(() => app.routes));
  app.use(missing(app.routes));
  return app;
}

export type App = ReturnType<typeof createApp>;
