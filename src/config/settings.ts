import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { logLevels } from "../lib/log.ts";
import { safeSearches, searchEngines } from "../protocol/search.ts";
import { strategies } from "../protocol/trace.ts";
import { Route } from "../routing/route.ts";
import { McpServerSettings, PriceSettings, ProviderSettings } from "./entry-settings.ts";
import { choice, flag, orZero, seconds, secret, strict, text } from "./setting-kinds.ts";

/**
 * Every setting: its type, its default and one sentence. Its name in the environment is `PARLEY_` and the name in
 * upper case; as a flag it has dashes. To add one, add it here; nothing else lists them.
 */

export const Settings = Type.Object(
  {
    host: text("Address to listen on; anything beyond this machine needs an access key", "127.0.0.1"),
    port: Type.Integer({
      description: "Port to listen on; 0 takes a free one",
      default: 7337,
      minimum: 0,
      maximum: 65_535,
    }),
    data_dir: text("Where everything is kept; the system's place for application data if empty", ""),
    access_key: secret("A key that callers must send as `Authorization: Bearer …` or `x-api-key`"),
    session_days: Type.Integer({
      description: "How many days a browser stays signed in without coming back",
      default: 30,
      minimum: 1,
      maximum: 400,
    }),
    secret_key: Type.String({
      description:
        "What cookies and keys of providers are encrypted with on disk; if not set, a key of their own in the data directory, `secret.key`",
      default: "",
      secret: true,
      pattern: "^(.{32,})?$",
      expected: "a key of at least 32 characters",
    }),
    cors_origins: Type.Array(Type.String(), {
      description: "Origins of web pages that may call; `*` for any, without credentials",
      default: [],
    }),
    allowed_hosts: Type.Array(Type.String(), {
      description:
        "Hosts, `host` or `host:port`, that callers and pages may name though they are not public: the only way past the guard",
      default: [],
    }),
    dns_servers: Type.Array(Type.String(), {
      description: "Name servers, `ip` or `ip:port`, asked for what callers and pages name; the system's if none",
      default: [],
    }),
    conversation_format: choice("How answers are framed where the caller does not say", ["sse", "ndjson"], "sse"),
    log_level: choice("How much the log says", logLevels, "info"),
    max_body: Type.Integer({ description: "Largest JSON body, in bytes", default: 8 * 1024 * 1024, minimum: 1024 }),
    max_upload: Type.Integer({
      description: "Largest multipart body, in bytes; it is streamed to disk",
      default: 512 * 1024 * 1024,
      minimum: 1024,
    }),
    max_document: Type.Integer({
      description: "Largest document that is converted, and largest text of one, in bytes",
      default: 64 * 1024 * 1024,
      minimum: 1024,
    }),
    max_archive: Type.Integer({
      description: "What an archive may hold once it is unpacked, in bytes",
      default: 256 * 1024 * 1024,
      minimum: 1024,
    }),
    max_archive_members: Type.Integer({ description: "How many files an archive may hold", default: 2000, minimum: 1 }),
    convert_timeout: seconds("Longest time for the conversion of a document", 60),
    max_bucket: Type.Integer({
      description: "What a bucket may hold, in bytes",
      default: 2 * 1024 ** 3,
      minimum: 1024,
    }),
    max_files: Type.Integer({
      description: "What all buckets together may hold, in bytes",
      default: 20 * 1024 ** 3,
      minimum: 1024,
    }),
    budget_tokens: Type.Integer({
      description: "How many tokens a key may use in a day, where it has no limit of its own; 0 for no limit",
      default: 0,
      minimum: 0,
    }),
    budget_cost: Type.Number({
      description: "The same in US dollars, by the prices that are known",
      default: 0,
      minimum: 0,
      maximum: 1e6,
    }),
    usage_retention: Type.Integer({
      description: "How many days rows of usage are kept; what they come to stays. 0 for ever",
      default: 400,
      minimum: 0,
      maximum: 36_500,
    }),
    max_runs: Type.Integer({ description: "Most answers being produced at once", default: 2000, minimum: 1 }),
    run_timeout: seconds("Longest time for a whole answer", 1800),
    run_grace: seconds("How long a resumable answer goes on while nobody is attached to it", 60),
    run_retention: seconds("How long a resumable answer can be read after its end", 3600),
    max_journal: Type.Integer({
      description: "What resumable answers may take on disk, in bytes; the oldest go first",
      default: 4 * 1024 ** 3,
      minimum: 1024 * 1024,
    }),
    max_media: Type.Integer({
      description: "What pictures, films, sounds and thumbnails may take on disk, in bytes",
      default: 20 * 1024 ** 3,
      minimum: 1024 * 1024,
    }),
    media_retention: Type.Number({
      description: "After how many days without use a medium may go where room is short; 0 for never",
      default: 0,
      minimum: 0,
      maximum: 36_500,
    }),
    max_shares: Type.Integer({
      description: "What the shared chats of one owner may take on disk, in bytes",
      default: 1024 ** 3,
      minimum: 1024 * 1024,
    }),
    share_retention: Type.Number({
      description: "After how many days a shared chat goes whose writer does not say when; 0 for never",
      default: 0,
      minimum: 0,
      maximum: 36_500,
    }),
    max_memories: Type.Integer({
      description: "What the memories of one owner may take, in bytes",
      default: 1024 ** 3,
      minimum: 1024,
    }),
    memory_embeddings: text(
      "Who reads memories, so that they are found by meaning too: `Provider/model`, a provider, or `auto` for the first that offers embeddings; `off` sends them to nobody",
      "off",
    ),
    memory_extract: flag("Let a model look for facts about the user in conversations that use memory, and keep them"),
    memory_model: text("Which model looks for them, as `Provider/model`; the one that answered if empty", ""),
    max_log: Type.Integer({
      description: "What clients' log entries may take on disk, in bytes; the oldest go first",
      default: 64 * 1024 ** 2,
      minimum: 1024 * 1024,
    }),
    log_retention: Type.Number({
      description: "How many days clients' log entries are kept",
      default: 30,
      exclusiveMinimum: 0,
      maximum: 36_500,
    }),
    search_engines: Type.Array(choice("An engine", [...searchEngines, "off"]), {
      description:
        "Search engines, in the order in which they are asked; those without an address or key are left out. `off`: no web search",
      default: [...searchEngines],
    }),
    searxng_url: text("Address of a SearXNG that answers in JSON", ""),
    brave_api_key: secret("Key of Brave's search; `BRAVE_API_KEY` does as well", "BRAVE_API_KEY"),
    tavily_api_key: secret("Key of Tavily's search; `TAVILY_API_KEY` does as well", "TAVILY_API_KEY"),
    search_region: Type.String({
      description: "Language and country of what is searched for, as `de-DE`; the engine's own choice if empty",
      default: "",
      pattern: "^([a-z]{2}-[A-Z]{2})?$",
      expected: "a language and a country, such as de-DE",
    }),
    safe_search: choice("What search engines leave out", safeSearches, "moderate"),
    search_timeout: seconds("Longest time for a web search and for reading what it finds, before an answer begins", 10),
    search_results: Type.Integer({
      description: "How many pages of a search are read",
      default: 5,
      minimum: 1,
      maximum: 20,
    }),
    max_words: Type.Integer({
      description: "Most words of web pages that are put before a question",
      default: 2500,
      minimum: 1,
      maximum: 100_000,
    }),
    search_rounds: Type.Integer({
      description: 'How often a model may search or read within an answer, with `web_search: "auto"`',
      default: 5,
      minimum: 1,
      maximum: 50,
    }),
    tool_rounds: Type.Integer({
      description:
        "How often a model may call tools of MCP servers within an answer; what it searches for meanwhile counts too",
      default: 10,
      minimum: 1,
      maximum: 100,
    }),
    robots: flag("Leave alone what a site's robots.txt asks to be left alone", true),
    max_cache: Type.Integer({
      description: "What kept searches, pages and quick answers may take on disk, in bytes; the oldest go first",
      default: 256 * 1024 ** 2,
      minimum: 1024 * 1024,
    }),
    answer_retention: Type.Number({
      description: "How many days the answers that quick create was asked to keep (`cache`) are kept",
      default: 30,
      exclusiveMinimum: 0,
      maximum: 36_500,
    }),
    connect_timeout: seconds("Longest wait for a connection to a provider", 5),
    first_byte_timeout: seconds("Longest wait for the first byte of an answer", 60),
    load_timeout: seconds(
      "The same for models that think first, and for local runtimes, which may have to load theirs",
      300,
    ),
    silence_timeout: seconds("Longest silence of a provider within an answer", 60),
    drain_timeout: seconds("Longest wait for running answers when the server stops", 30),
    discovery: flag(
      "Look for local runtimes (Ollama, LM Studio, llama.cpp, vLLM, Jan) and eSpeak NG on this machine",
      true,
    ),
    discovery_interval: seconds("How often to look for them", 30),
    update_check: flag("Look once a day, at `update_url`, whether there is a newer version"),
    update_url: text("Where the latest version is told: JSON with `tag_name` or `version`", ""),
    scripted: flag("Offer a scripted provider, for tests and demonstrations"),
    public_providers: flag(
      "Let the router also ask providers that answer strangers without a key (Pollinations, OVHcloud)",
    ),
    titles: choice(
      "Who names chats: the model that answers, the first words, or only people",
      ["model", "words", "off"],
      "model",
    ),
    title_model: text("The model that names chats, as `Provider/model`; the one that answers if empty", ""),
    router_strategy: choice("How the router orders those who can answer", strategies, "order"),
    first_token_timeout: orZero(
      "Longest wait for the first token while somebody else could answer; 0 for no such limit",
      60,
    ),
    hedge_after: orZero(
      "After how long without a token the router asks a second provider beside the first; 0 for never",
      0,
    ),
    providers: Type.Array(ProviderSettings, {
      description: "Providers under names of your own, or with settings other than the environment's",
      default: [],
    }),
    routes: Type.Array(Route, { description: "Choices of your own among providers, under names", default: [] }),
    mcp_servers: Type.Array(McpServerSettings, {
      description: "MCP servers, whose tools models may call: those that are named there, and no others",
      default: [],
    }),
    prices: Type.Array(PriceSettings, {
      description: "Prices other than the shipped table's, in dollars for a million tokens",
      default: [],
    }),
  },
  { ...strict, $id: "https://parley.example/parley.schema.json", title: "Parley's settings" },
);
export type Settings = Static<typeof Settings>;

export type SettingName = keyof Settings;
export const settingNames = Object.keys(Settings.properties) as SettingName[];

/** The JSON Schema for editors: `parley config schema > parley.schema.json`. */
export function settingsSchema(): Record<string, unknown> {
  const { $id: _, ...schema } = Settings;
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...schema, required: undefined };
}

/** A setting that only the file can hold: a list of providers, routes, MCP servers or prices. */
export function isListOfObjects(name: SettingName): boolean {
  const schema: TSchema = Settings.properties[name];
  return schema.type === "array" && schema.items.type === "object";
}

export function isSecret(name: SettingName): boolean {
  const schema: TSchema = Settings.properties[name];
  return schema.secret === true;
}

export function environmentName(name: SettingName): string {
  return `PARLEY_${name.toUpperCase()}`;
}

/** Its own, and the one that other programs read; none for what only the file can hold. */
export function variablesOf(name: SettingName): string[] {
  const schema: TSchema = Settings.properties[name];
  if (isListOfObjects(name)) return [];
  return [environmentName(name), ...(typeof schema.alsoFrom === "string" ? [schema.alsoFrom] : [])];
}

export function flagName(name: SettingName): string {
  return `--${name.replaceAll("_", "-")}`;
}
