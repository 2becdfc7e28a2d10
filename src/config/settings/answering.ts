import { Type } from "@sinclair/typebox";
import { strategies } from "../../protocol/trace.ts";
import { Route } from "../../routing/route.ts";
import { McpServerSettings, PriceSettings, ProviderSettings } from "../entry-settings.ts";
import { address, choice, flag, orZero, seconds, text } from "../setting-kinds.ts";

/** Who answers, and how long they are waited for. */
export const answeringSettings = {
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
  update_url: address("Where the latest version is told: JSON with `tag_name` or `version`"),
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
};
