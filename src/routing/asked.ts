import { isHeaderKey } from "../lib/text.ts";
import type { AskedMessage, ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Capability } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";
import { isRouterName, type Registry } from "../providers/registry.ts";
import { Need } from "./route.ts";

export function askedModel(model: string | null | undefined): string | null {
  return model == null || model === "" || model === "default" || model === "auto" ? null : model;
}

/** The names that were asked for; none means the router. A string is one name if there is one such, else several. */
export function providerNames(asked: ChatRequest["provider"], registry: Registry): readonly string[] {
  const names = typeof asked === "string" && !registry.find(asked) ? asked.split(/\s+/) : [asked ?? []].flat();
  const known = names.filter((name) => name !== "");
  return known.some(isRouterName) ? [] : known;
}

/**
 * The caller's own keys. A key alone belongs to the one provider that was named: sent anywhere else it would be given
 * away. @throws {ApiError} `invalid_request` for a key that no header can hold
 */
export function readKeys(
  given: ChatRequest["api_key"],
  named: readonly Provider[],
  registry: Registry,
  notes: string[],
): Map<Provider, string> {
  const keys = new Map<Provider, string>();
  const add = (provider: Provider, key: string) => {
    if (!isHeaderKey(key))
      throw new ApiError("invalid_request", "api_key: expected a key of letters, digits and signs of ASCII");
    keys.set(provider, key);
  };
  if (typeof given === "string") {
    const [only, ...others] = named;
    if (given === "") return keys;
    if (only && others.length === 0) add(only, given);
    else notes.push("api_key was not used: with several providers send it as an object of names and keys");
    return keys;
  }
  for (const [name, key] of Object.entries(given ?? {})) {
    const provider = registry.find(name);
    if (provider && key) add(provider, key);
    else if (key) notes.push(`api_key: no provider is called ${JSON.stringify(name.slice(0, 60))}`);
  }
  return keys;
}

/** What the messages ask of a model. */
export function needsOf({ messages, tools }: ChatRequest): Capability[] {
  const has = (type: string) =>
    messages.some(({ content }: AskedMessage) => Array.isArray(content) && content.some((part) => part.type === type));
  const needs: Capability[] = [];
  if (has("image_url")) needs.push("vision");
  if (has("input_audio")) needs.push("audio");
  if (tools?.length) needs.push("tools");
  return needs;
}

/** What is needed, by names separated by commas. @throws {ApiError} `invalid_request` */
export function readNeeds(names: string): Capability[] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => {
      const known = Need.anyOf.find((each) => each.const === name);
      if (known) return known.const;
      throw new ApiError("invalid_request", `needs: expected ${Need.expected}, separated by commas`);
    });
}
