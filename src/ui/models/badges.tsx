import { AudioLines, Brain, Clapperboard, Eye, Image, type LucideIcon, Wrench } from "lucide-react";
import type { Capability, ModelOffer, ProviderInfo } from "../../protocol/models.ts";
import { isIll, toContext, toPrice } from "./words.ts";

export const abilities: readonly { readonly name: Capability; readonly label: string; readonly icon: LucideIcon }[] = [
  { name: "vision", label: "reads pictures", icon: Eye },
  { name: "tools", label: "calls tools", icon: Wrench },
  { name: "reasoning", label: "thinks first", icon: Brain },
  { name: "image", label: "makes pictures", icon: Image },
  { name: "audio", label: "takes or makes sound", icon: AudioLines },
  { name: "video", label: "makes films", icon: Clapperboard },
];

/** What a model can do, what it costs and how much it reads, in a line. */
export function Badges({ offer }: { readonly offer: ModelOffer | undefined }) {
  if (!offer) return null;
  return (
    <span className="models-badges">
      {abilities
        .filter(({ name }) => offer[name])
        .map(({ name, label, icon: Icon }) => (
          <span key={name} className="models-badge" title={label}>
            <Icon aria-hidden size={14} />
            <span className="visually-hidden">{label},</span>
          </span>
        ))}
      {offer.context_length !== undefined && <span title="Context">{toContext(offer.context_length)}</span>}
      {offer.pricing && <span title="For a million tokens in and out">{toPrice(offer.pricing)}</span>}
    </span>
  );
}

const statusWords: Readonly<Record<ProviderInfo["status"], string>> = {
  up: "up",
  down: "down",
  cooling: "left alone for a while",
  unknown: "not asked yet",
};

/** How a provider stands, with the reason where it is not well. */
export function Health({ provider }: { readonly provider: Pick<ProviderInfo, "status" | "last_error"> }) {
  const { status, last_error: failure } = provider;
  return (
    <span className={`models-health ${status}`} title={isIll(provider) ? failure?.message : undefined}>
      <span className="models-dot" aria-hidden /> {statusWords[status]}
    </span>
  );
}
