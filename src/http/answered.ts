import { Elysia } from "elysia";
import { AskedByHead, type Handle } from "./head.ts";
import { header } from "./headers.ts";

/** A request, once the head of its answer is there: a stream goes on after it. */
export interface Answered {
  readonly request: Request;
  readonly method: string;
  /** As the route was declared: what stands in an address is a caller's. `none` for what is refused before any route. */
  readonly route: string;
  /** 101 for what became a WebSocket. */
  readonly status: number;
  readonly asksForSocket: boolean;
  readonly seconds: number;
  /** Its `x-request-id`. */
  readonly id: string | null;
}

/** Who hears of every request: what counts them, and what logs them. It neither throws nor waits. */
export type RequestListener = (answered: Answered) => void;

export interface RequestWatch {
  /** Around the whole application. */
  around(handle: Handle): Handle;
  /** Before each route: notes which it is. */
  readonly before: ReturnType<typeof createHook>;
}

const noRoute = "none";

export function createRequestWatch(listeners: readonly RequestListener[]): RequestWatch {
  const routes = new WeakMap<Request, string>();

  return {
    around:
      (handle) =>
      (...given) => {
        const [request] = given as [Request];
        const startedAt = performance.now();
        const tell = (response: unknown) => {
          const answered = toAnswered(request, response, (performance.now() - startedAt) / 1000);
          for (const listen of listeners) listen(answered);
          return response;
        };
        const answer = handle(...given);
        return answer instanceof Promise ? answer.then(tell) : tell(answer);
      },
    before: createHook((request, route) => void routes.set(request, route)),
  };

  function toAnswered(request: Request, response: unknown, seconds: number): Answered {
    const asksForSocket = request.method === "GET" && header(request, "upgrade")?.toLowerCase() === "websocket";
    // What was made a WebSocket is answered by Bun; Elysia gives something that nobody reads.
    const { status, headers } = response instanceof Response ? response : { status: 101, headers: undefined };
    return {
      request,
      method: request instanceof AskedByHead ? "HEAD" : request.method,
      route: routes.get(request) ?? noRoute,
      status: status === 200 && asksForSocket ? 101 : status,
      asksForSocket,
      seconds,
      id: headers?.get("x-request-id") ?? null,
    };
  }
}

/** Also where a body cannot be read, which is before anything else of a route. */
function createHook(note: (request: Request, route: string) => void) {
  return new Elysia({ name: "answered" })
    .onTransform({ as: "global" }, ({ request, route }) => note(request, route))
    .onError({ as: "global" }, ({ request, route }) => note(request, route));
}
