import { codeOf } from "../../lib/error-code.ts";
import { isLoopbackHost } from "../../lib/loopback.ts";

/** A server that is looked at as its clients see it, and the key for it, if there is one. */
export interface Place {
  /** Without a slash at its end. */
  readonly address: string;
  readonly key: string;
}

export interface VisitOptions {
  /** Without it the key is sent, if there is one. */
  readonly isStranger?: boolean;
  readonly body?: string;
}

/** Longest wait for the headers of an answer, and for all of it, in milliseconds. */
const patienceMs = 15_000;

/** Asks for a path under `/backend-api/v2`. Nothing is followed: where it leads on is a finding. @throws {Unreachable} */
export async function visit({ address, key }: Place, path: string, options: VisitOptions = {}): Promise<Response> {
  const { isStranger = false, body } = options;
  try {
    return await fetch(`${address}/backend-api/v2/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...(!isStranger && key !== "" && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      redirect: "manual",
      ...(isLoopbackHost(new URL(address).hostname) && { proxy: false }),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (thrown) {
    throw toUnreachable(thrown, address);
  }
}

/** The whole of an answer. @throws {Unreachable} where it breaks off */
export async function readWhole(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch {
    const cure = "does a proxy limit how long, or how large, an answer may be?";
    throw new Unreachable("the answer broke off", cure);
  }
}

/** Nothing came back: why, and what to do about it. */
export class Unreachable extends Error {
  readonly cure: string;

  constructor(message: string, cure: string) {
    super(message);
    this.cure = cure;
  }
}

const known: readonly (readonly [RegExp, string, string])[] = [
  [/refused/i, "nobody listens there", "start the server, or the proxy before it; is the port right?"],
  [/NOTFOUND|EAI_|resolve|dns/i, "the name leads nowhere", "is it spelled right, and does its DNS record exist?"],
  [/EXPIRED/, "its certificate has expired", "renew it: the proxy's own way, or certbot renew"],
  [/ALTNAME/, "its certificate is for another name", "get one for this name"],
  [
    /SELF_SIGNED|UNABLE_TO|CERT|TLS|SSL/i,
    "its certificate is not trusted",
    "let the proxy get one of a public authority, with its whole chain",
  ],
  [
    /timeout|timed/i,
    `no answer within ${patienceMs / 1000} s`,
    "is the server running, and does a firewall let it be reached?",
  ],
];

function toUnreachable(thrown: unknown, address: string): Unreachable {
  const name = thrown instanceof Error ? thrown.name : "";
  const code = codeOf(thrown) || name;
  const [, why = `the connection failed (${code})`, cure = "can this machine reach it otherwise, such as with curl?"] =
    known.find(([pattern]) => pattern.test(`${code} ${name}`)) ?? [];
  return new Unreachable(`${new URL(address).host}: ${why}`, cure);
}
