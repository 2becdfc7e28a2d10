import { createHash } from "node:crypto";
import { lazily } from "../../src/lib/lazily.ts";

/**
 * An OpenID provider over real HTTP: discovery, keys, authorization, token and userinfo, as OpenID Connect Core 1.0,
 * RFC 6749 and RFC 7636 have them. Nobody is asked to type anything: whoever comes is signed in as `person`.
 */
export interface TestIssuer extends Disposable {
  readonly address: string;
  readonly requests: readonly string[];
  person: TestPerson;
  /** What it does wrong. */
  wrong: Wrong;
  /** Signs with a key of another name from now on. */
  rotate(): Promise<void>;
}

export interface TestPerson {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface Wrong {
  /** Claims of the ID token that are another. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** How it is signed. */
  readonly sign?: "none" | "public key as secret" | "client secret" | "another key" | "cut off";
  /** What one of its endpoints answers instead. */
  readonly answers?: Readonly<Record<string, () => Response | Promise<Response>>>;
  /** What it leads the browser back with. */
  readonly back?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export const clientId = "parley-test";
/** With what has to be encoded in a header and in a form. */
export const clientSecret = "secret-of-the-client:+/&%~._";

interface Code {
  readonly query: URLSearchParams;
  readonly person: TestPerson;
  isUsed: boolean;
}

export interface IssuerOptions {
  /** How its client must say who it is; the other way is refused, though it is offered. */
  readonly clientAuth?: "client_secret_basic" | "client_secret_post" | "none";
  /** Claims that the ID token lacks. */
  readonly inUserInfo?: readonly string[];
}

export async function openIssuer(options: IssuerOptions = {}): Promise<TestIssuer> {
  const { clientAuth = "client_secret_basic", inUserInfo = [] } = options;
  const codes = new Map<string, Code>();
  const tokens = new Map<string, TestPerson>();
  const requests: string[] = [];
  let pair = await firstKey();

  const server: Bun.Server<undefined> = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request): Promise<Response> {
      const url = new URL(request.url);
      requests.push(url.pathname);
      const instead = issuer.wrong.answers?.[url.pathname];
      if (instead) return instead();
      switch (url.pathname) {
        case "/.well-known/openid-configuration":
          return Response.json(metadata());
        case "/keys":
          return Response.json({ keys: [pair.jwk] });
        case "/authorize":
          return authorize(url.searchParams);
        case "/token":
          return token(request, new URLSearchParams(await request.text()));
        case "/userinfo":
          return userInfo(request);
        default:
          return new Response("no such thing", { status: 404 });
      }
    },
  });
  const address: string = `http://127.0.0.1:${server.port}`;
  const issuer: TestIssuer = {
    address,
    requests,
    person: { sub: "1", email: "ann@example.com", email_verified: true },
    wrong: {},
    rotate: async () => void (pair = await secondKey()),
    [Symbol.dispose]: () => void server.stop(true),
  };
  return issuer;

  function metadata(): Record<string, unknown> {
    return {
      issuer: address,
      authorization_endpoint: `${address}/authorize`,
      token_endpoint: `${address}/token`,
      jwks_uri: `${address}/keys`,
      userinfo_endpoint: `${address}/userinfo`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
      code_challenge_methods_supported: ["S256"],
      ...issuer.wrong.metadata,
    };
  }

  function authorize(query: URLSearchParams): Response {
    const isRight =
      query.get("client_id") === clientId &&
      query.get("response_type") === "code" &&
      query.get("code_challenge_method") === "S256" &&
      query.get("scope")?.split(" ").includes("openid");
    if (!isRight) return new Response("not what was agreed", { status: 400 });
    const code = crypto.randomUUID();
    codes.set(code, { query, person: issuer.person, isUsed: false });
    const back = new URL(query.get("redirect_uri") ?? "");
    const answer = { code, state: query.get("state") ?? "", ...issuer.wrong.back };
    for (const [name, value] of Object.entries(answer)) if (value !== "") back.searchParams.set(name, value);
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  async function token(request: Request, form: URLSearchParams): Promise<Response> {
    if (!isClient(request, form)) return Response.json({ error: "invalid_client" }, { status: 401 });
    const code = codes.get(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const isRight =
      code?.isUsed === false &&
      form.get("grant_type") === "authorization_code" &&
      form.get("redirect_uri") === code.query.get("redirect_uri") &&
      challenge === code.query.get("code_challenge");
    if (!isRight) return Response.json({ error: "invalid_grant", error_description: "<b>no</b>" }, { status: 400 });
    code.isUsed = true;
    const accessToken = crypto.randomUUID();
    tokens.set(accessToken, code.person);
    const now = Math.floor(Date.now() / 1000);
    const own = Object.fromEntries(Object.entries(code.person).filter(([name]) => !inUserInfo.includes(name)));
    return Response.json({
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: 300,
      id_token: await sign({
        iss: address,
        aud: clientId,
        iat: now,
        exp: now + 300,
        nonce: code.query.get("nonce"),
        ...own,
        ...issuer.wrong.claims,
      }),
    });
  }

  function userInfo(request: Request): Response {
    const person = tokens.get(request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "");
    return person ? Response.json(person) : new Response(null, { status: 401 });
  }

  function isClient(request: Request, form: URLSearchParams): boolean {
    if (clientAuth === "none") return form.get("client_id") === clientId && !form.has("client_secret");
    if (clientAuth === "client_secret_post")
      return form.get("client_id") === clientId && form.get("client_secret") === clientSecret;
    const [, basic = ""] = /^Basic (.+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
    const [id, secret] = atob(basic)
      .split(":")
      .map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    return id === clientId && secret === clientSecret;
  }

  async function sign(claims: Record<string, unknown>): Promise<string> {
    const how = issuer.wrong.sign;
    const alg = how === "none" ? "none" : how === "public key as secret" || how === "client secret" ? "HS256" : "RS256";
    const head = encode(JSON.stringify({ alg, kid: pair.jwk.kid, typ: "JWT", ...issuer.wrong.header }));
    const signed = `${head}.${encode(JSON.stringify(claims))}`;
    switch (how) {
      case "none":
      case "cut off":
        return `${signed}.`;
      case "public key as secret":
        return `${signed}.${await hmac(signed, JSON.stringify(pair.jwk))}`;
      case "client secret":
        return `${signed}.${await hmac(signed, clientSecret)}`;
      default: {
        const { privateKey } = how === "another key" ? await secondKey() : pair;
        return `${signed}.${encode(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, Buffer.from(signed)))}`;
      }
    }
  }
}

const firstKey = lazily(() => makeKey("first"));
const secondKey = lazily(() => makeKey("second"));

async function makeKey(kid: string) {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { kty, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
  return { privateKey, jwk: { kty, n, e, kid, use: "sig", alg: "RS256" } };
}

async function hmac(text: string, secret: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", Buffer.from(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return encode(await crypto.subtle.sign("HMAC", key, Buffer.from(text)));
}

function encode(bytes: string | ArrayBuffer): string {
  return Buffer.from(bytes as string).toString("base64url");
}
