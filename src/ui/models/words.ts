import type { Pricing, ProviderInfo } from "../../protocol/models.ts";

/** `128k`, `1M`: how much a model reads at once, in tokens. */
export function toContext(tokens: number): string {
  if (tokens >= 1_000_000) return `${trim(tokens / 1_000_000)}M`;
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}k` : String(tokens);
}

/** `$1.25 / $10`, for a million tokens in and out. */
export function toPrice({ input, output }: Pricing): string {
  return input === 0 && output === 0 ? "free" : `$${trim(input)} / $${trim(output)}`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Whether a provider is known not to answer now. */
export function isIll({ status }: Pick<ProviderInfo, "status">): boolean {
  return status === "down" || status === "cooling";
}

/** What a provider's models can do beside chatting. */
export function toAbilities({ vision, image, audio, video }: ProviderInfo): string[] {
  return [
    ...(vision ? ["reads pictures"] : []),
    ...(image > 0 ? ["makes pictures"] : []),
    ...(audio > 0 ? ["sound"] : []),
    ...(video > 0 ? ["films"] : []),
  ];
}
