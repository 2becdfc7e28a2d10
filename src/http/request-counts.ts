import { Elysia } from "elysia";
import {
  type Count,
  createCounts,
  createDistributions,
  type Distribution,
  observe,
  type Series,
} from "../lib/counts.ts";
import { header } from "./headers.ts";
import { AskedByHead, type Handle } from "./head.ts";

/** How requests are answered, by the patterns of their routes: what stands in an address is a caller's. */
export interface RequestCounts {
  /** By method, route and status. */
  readonly requests: Series<Count>;
  /** By method and route, in seconds until the head of the answer. */
  readonly duration: Series<Distribution>;
  /** By status: of those who asked for a WebSocket and got none. */
  readonly refusedSockets: Series<Count>;
  /** Around the whole application. */
  around(handle: Handle): Handle;
  /** Before each route: notes which it is. */
  readonly before: ReturnType<typeof createHook>;
}

/** In seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Of what is refused before any route: without a key, from a foreign page. */
const noRoute = "none";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function createRequestCounts(): RequestCounts {
  const requests = createCounts();
  const duration = createDistributions(bounds);
  const refusedSockets = createCounts();
  const routes = new WeakMap<Request, string>();

  return {
    requests,
    duration,
    refusedSockets,
    around:
      (handle) =>
      (...given) => {
        const [request] = given as [Request];
        const startedAt = performance.now();
        const count = (response: unknown) => {
          const method = request instanceof AskedByHead ? "HEAD" : request.method;
          const words = [methods.has(method) ? method : "other", routes.get(request) ?? noRoute] as const;
          const status = String(statusOf(request, response));
          requests.of(...words, status).value++;
          if (status >= "400" && asksForSocket(request)) refusedSockets.of(status).value++;
          observe(duration.of(...words), (performance.now() - startedAt) / 1000);
          return response;
        };
        const answer = handle(...given);
        return answer instanceof Promise ? answer.then(count) : count(answer);
      },
    before: createHook((request, route) => void routes.set(request, route)),
  };
}

/** What was made a WebSocket is answered by Bun; Elysia gives something that nobody reads. */
function statusOf(request: Request, response: unknown): number {
  if (!(response instanceof Response)) return 101;
  return response.status === 200 && asksForSocket(request) ? 101 : response.status;
}

function asksForSocket(request: Request): boolean {
  return request.method === "GET" && header(request, "upgrade")?.toLowerCase() === "websocket";
}

/** Also where a body cannot be read, which is before anything else of a route. */
function createHook(note: (request: Request, route: string) => void) {
  return new Elysia({ name: "request-counts" })
    .onTransform({ as: "global" }, ({ request, route }) => note(request, route))
    .onError({ as: "global" }, ({ request, route }) => note(request, route));
}
