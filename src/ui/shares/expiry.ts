import { toMoment } from "../parts/moments.ts";

/** In seconds; 0 for never. */
export const expiries = [
  { seconds: 86_400, label: "After a day" },
  { seconds: 7 * 86_400, label: "After a week" },
  { seconds: 30 * 86_400, label: "After 30 days" },
  { seconds: 0, label: "Never" },
] as const;

export function toExpiryText(expiresAt: string | null): string {
  return expiresAt === null ? "The link stays until you take it back." : `The link ends on ${toMoment(expiresAt)}.`;
}

export function toShareLink(shareId: string): string {
  return `${location.origin}/share/${encodeURIComponent(shareId)}`;
}
