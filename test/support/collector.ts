/** A span as OTLP's JSON has it. */
export interface WrittenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly { readonly name: string; readonly timeUnixNano: string }[];
  readonly status: { readonly code: number; readonly message?: string };
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly Value[] };
}

export interface Posted {
  readonly path: string;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface TestCollector extends Disposable {
  readonly origin: string;
  readonly posted: readonly Posted[];
  /** What came as JSON. */
  readonly spans: readonly WrittenSpan[];
  /** What it says of itself who sent it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector over HTTP: what it answers, each time or in turn, and all that it was sent. */
export function openCollector(
  answer: (nth: number) => Response | Promise<Response> = () => new Response("{}"),
): TestCollector {
  const posted: Posted[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      posted.push({ path: pathname, headers: request.headers, bytes: await request.bytes() });
      return answer(posted.length);
    },
  });
  // Protobuf of nothing is nothing.
  const parsed = () =>
    posted.filter(({ bytes }) => bytes.length > 0).map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)));
  return {
    origin: `http://127.0.0.1:${server.port}`,
    posted,
    get spans() {
      return parsed().flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: WrittenSpan[] }[] }) =>
          scopeSpans.flatMap(({ spans }) => spans),
        ),
      );
    },
    get resource() {
      return attributesOf(parsed()[0].resourceSpans[0].resource);
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

export function attributesOf({ attributes }: { readonly attributes: readonly Attribute[] }): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain({ arrayValue, ...value }: Value): unknown {
  return arrayValue ? arrayValue.values.map(plain) : Object.values(value)[0];
}
