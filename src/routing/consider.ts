import { isOurs } from "./candidate.ts";
import type { Health } from "./health.ts";
import type { Load } from "./load.ts";
import type { Ask, Option } from "./options.ts";
import type { Quotas } from "./quotas.ts";
import type { Conditions } from "./route.ts";
import { blendedPrice } from "./strategy.ts";

/** Why one who could answer is left out. */
export interface Skip {
  readonly why: string;
  /** Taken all the same when nobody else is left, the lowest number first; else never. */
  readonly inNeed?: number;
  /** When it may be asked again, where that is a matter of our own limits. */
  readonly retryAfterMs?: number;
}

export interface ConsiderParts {
  readonly health: Health;
  readonly load: Load;
  readonly quotas: Quotas;
}

export function createConsider({
  health,
  load,
  quotas,
}: ConsiderParts): (option: Option, ask: Ask) => Skip | undefined {
  return (option, ask) =>
    broken(option, ask) ?? missing(option) ?? tooSmall(option, ask) ?? full(option) ?? cooling(option);

  /** A condition of its route that does not hold. */
  function broken({ when, ...option }: Option, { needs, prompt }: Ask): Skip | undefined {
    if (!when) return undefined;
    const { name } = option.provider;
    const { max_prompt_tokens, min_context, max_price, max_errors, min_quota } = when;
    const { pricing, contextLength } = option;
    const price = pricing && blendedPrice(pricing);
    // A caller's own key has an account of its own.
    const counts = isOurs(option);
    const remaining = min_quota === undefined || !counts ? undefined : quotas.known(option.provider)?.remaining;
    const isBeyond = (limit: number | undefined, value: number | undefined | null) =>
      limit !== undefined && value != null && value > limit;
    const isBelow = (limit: number | undefined, value: number | undefined | null) =>
      limit !== undefined && value != null && value < limit;
    const failed: Partial<{ [name in keyof Conditions]: string }> = {
      ...(when.capability && !when.capability.some((each) => needs.includes(each)) && { capability: "not needed" }),
      ...(max_prompt_tokens !== undefined &&
        prompt.exceeds(max_prompt_tokens) && { max_prompt_tokens: `the prompt has about ${prompt.tokens} tokens` }),
      ...(isBelow(min_context, contextLength) && { min_context: `it reads ${contextLength} tokens` }),
      ...(isBeyond(max_price, price) && { max_price: `it costs ${price}` }),
      ...(counts &&
        isBeyond(max_errors, health.errors(name)) && { max_errors: `it failed ${health.errors(name)} times` }),
      ...(isBelow(min_quota, remaining) && { min_quota: `${remaining} are left` }),
    };
    const [first] = Object.entries(failed);
    return first && { why: `its condition ${first[0]} does not hold: ${first[1]}` };
  }

  function missing(option: Option): Skip | undefined {
    const { provider, model } = option;
    if (!isOurs(option) || !health.isMissing(provider.name, model)) return undefined;
    return { why: `it has said that it does not have ${model}`, inNeed: 3e12 };
  }

  /** A guess, since every model counts its own way: where nobody reads as much, the one that reads most is asked. */
  function tooSmall({ contextLength }: Option, { prompt }: Ask): Skip | undefined {
    if (contextLength === undefined || !prompt.exceeds(contextLength)) return undefined;
    const why = `it reads ${contextLength} tokens, and the prompt has about ${prompt.tokens}`;
    return { why, inNeed: 2e12 - contextLength };
  }

  function full(option: Option): Skip | undefined {
    return isOurs(option) ? load.refusal(option.provider.name) : undefined;
  }

  function cooling(option: Option): Skip | undefined {
    const found = health.cooling(option);
    return found && { why: coolingText(found), inNeed: found.ms };
  }
}

export function coolingText({ ms, after }: NonNullable<ReturnType<Health["cooling"]>>): string {
  return `cooling for ${Math.ceil(ms / 1000)} s after ${after}`;
}
