import type { Entry } from "./canaries.ts";
import { cookieOf } from "../support/cookie.ts";
import { models } from "./echoing.ts";

export interface Talk {
  /** Of the server, and of the vendor that says again what it was sent. */
  readonly origin: string;
  readonly vendor: string;
  /** What it is called in what was told. */
  readonly run: string;
  /** Those that are made on the way are added. */
  readonly canaries: Map<string, string>;
  /** All that was told to anybody, by what told it. */
  readonly told: Map<string, Uint8Array>;
  /** A command of the program, and what it prints. */
  command(...args: string[]): Promise<string>;
}

const B = "/backend-api/v2";
const question = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: "user", content: "Hi" }],
  ...more,
});
const providers = ["Echo", "Gone", "Tls", "OpenAI", "Anthropic"];
/** Those that the server holds: a client that logs another key than these is not kept from it. */
const isHeld = (entry: string) => !/^(body|header|custom|wrong|cookie)|session/.test(entry);

/** Traffic of all kinds, most of which fails. */
export async function talk({ origin, vendor, run, canaries, told, command }: Talk): Promise<void> {
  const secret = (entry: Entry) => canaries.get(entry) ?? "";
  const { host } = new URL(vendor);
  const admin = { authorization: `Bearer ${secret("access_key")}` };
  let count = 0;
  const ask = async (path: string, body?: unknown, headers: Record<string, string> = {}, method?: string) => {
    const init = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) };
    const answer = await fetch(origin + path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      redirect: "manual",
      ...init,
      headers: { ...admin, ...headers },
    });
    const bytes = await answer.bytes();
    const head = JSON.stringify([...answer.headers]);
    told.set(`${run}: ${++count} ${path.slice(0, 60)}`, Buffer.concat([Buffer.from(head), bytes]));
    return { answer, text: Buffer.from(bytes).toString() };
  };

  const own = JSON.parse(await command("keys", "create", `canary ${run}`, "--owner", "ann", "--json")) as {
    key: string;
  };
  canaries.set(`${run} made key`, own.key);
  told.delete(`parley keys create canary ${run} --owner ann --json`);
  const user = { authorization: `Bearer ${own.key}` };

  await Promise.all(
    models.flatMap((model) =>
      providers.map((name) => ask(`${B}/conversation`, question(model, { provider: name }), user)),
    ),
  );
  await ask(
    `${B}/conversation`,
    question("m-refusal", { provider: "Echo", api_key: secret("body_key"), resumable: true }),
    user,
  );
  await ask(
    `${B}/conversation`,
    question("m-bad", { provider: "Custom", base_url: `${vendor}/v1`, api_key: secret("custom_key") }),
    user,
  );
  await ask(
    `${B}/conversation`,
    question("m-bad", {
      provider: "Custom",
      base_url: `http://${secret("custom_user")}:${secret("custom_password")}@${host}/v1`,
      api_key: secret("custom_key"),
    }),
  );
  await ask(
    `${B}/conversation`,
    question("m-bad", { provider: "Echo", tools: [{ type: "function", function: { name: secret("body_key") } }] }),
  );
  await ask(`${B}/conversation`, question("m-bad", { provider: "Echo", web_search: true }));
  for (const [path, more] of [
    ["/v1/chat/completions", { stream: true }],
    ["/v1/messages", { max_tokens: 5 }],
    ["/api/chat", {}],
    ["/v1/responses", { input: "Hi" }],
    ["/v1/embeddings", { input: "Hi" }],
    ["/v1/images/generations", { prompt: "Hi" }],
    ["/v1/audio/speech", { input: "Hi", voice: "a" }],
  ] as const)
    for (const model of ["Echo/m-refusal", "Echo/m-broken", "OpenAI/m-text"])
      await ask(path, question(model, more), user);
  for (const name of providers) {
    await ask(`${B}/models/${name}`, undefined, { "x-api-key": secret("header_key") });
    await ask(`${B}/quota/${name}`, undefined, { "x-api-key": secret("header_key") });
    await ask(`${B}/synthesize/${name}?text=Hi&model=m-header`);
    await ask(`${B}/create?prompt=Hi&provider=${name}&model=m-parse`);
  }

  await ask(`${B}/provider-keys/Gemini`, { api_key: secret("page_key") }, {}, "PUT");
  await ask(`${B}/provider-keys/Gemini/test`, {});
  await ask(`${B}/provider-keys/Echo/test`, { api_key: secret("header_key") });
  await ask(`${B}/provider-keys`);
  const cookies = new FormData();
  cookies.append(
    "file",
    new File(
      [JSON.stringify([{ domain: "127.0.0.1", name: "sid", value: secret("cookie"), path: "/" }])],
      "cookies.json",
    ),
  );
  await ask(`${B}/upload_cookies`, cookies);
  await ask(`${B}/conversation`, question("m-text", { provider: "Echo" }));
  await ask(`${B}/cookies`);
  const share = await ask(
    `${B}/chat/canary-${run}`,
    { title: "Hi", updated: 1 },
    { ...user, "idempotency-key": `share-${run}` },
  );
  canaries.set(`${run} write key`, (JSON.parse(share.text) as { write_key: string }).write_key);
  told.delete(`${run}: ${count} ${B}/chat/canary-${run}`);
  const signedIn = await fetch(`${origin}${B}/session`, { method: "POST", body: JSON.stringify({ key: own.key }) });
  const cookie = cookieOf(signedIn);
  canaries.set(`${run} session`, cookie.split("=")[1] ?? "");
  await ask(`${B}/session`, undefined, { authorization: "", cookie });
  await ask(`${B}/session/oidc`);
  await ask(`${B}/session/oidc/callback?code=${secret("wrong_key")}&state=${secret("wrong_key")}`);
  await ask(`${B}/session`, { key: secret("wrong_key") });
  await ask(`${B}/runs`, undefined, { authorization: `Bearer ${secret("wrong_key")}` });
  await ask(`${B}/runs`, undefined, {
    authorization: "",
    cookie: `${cookie.split("=")[0]}=${secret("wrong_session")}`,
  });
  await ask(`/v1beta/models?key=${secret("wrong_key")}`, undefined, { authorization: "" });
  // Whatever the server holds.
  await ask(`${B}/log`, {
    said: [...canaries]
      .filter(([entry]) => isHeld(entry))
      .map(([, value]) => value)
      .join(" "),
  });
  await ask(`${B}/log`);
  await ask(`${B}/tools?refresh=true`);
  await ask(`${B}/settings`);
  await ask("/metrics");
  await ask(`${B}/providers`);
  await ask(`${B}/route?model=m-refusal`);
  await ask(`${B}/usage?from=2020-01-01&to=2100-01-01&owner=all`);
  for (const headers of [admin, user]) {
    const { text } = await ask(`${B}/runs?limit=1000`, undefined, headers);
    const runs = JSON.parse(text) as { run_id: string }[];
    await Promise.all(
      runs.flatMap(({ run_id }) =>
        ["trace", "events"].map((what) => ask(`${B}/runs/${run_id}/${what}`, undefined, headers)),
      ),
    );
  }
}
