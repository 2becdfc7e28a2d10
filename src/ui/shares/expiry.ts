/** In seconds; 0 for never. */
export const expiries = [
  { seconds: 86_400, label: "After a day" },
  { seconds: 7 * 86_400, label: "After a week" },
  { seconds: 30 * 86_400, label: "After 30 days" },
  { seconds: 0, label: "Never" },
] as const;

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

export function toExpiryText(expiresAt: string | null): string {
  return expiresAt === null ? "The link stays until you take it back." : `The link ends on ${toMoment(expiresAt)}.`;
}

export function toMoment(at: string | number): string {
  return moment.format(new Date(at));
}

export function toShareLink(shareId: string): string {
  return `${location.origin}/share/${encodeURIComponent(shareId)}`;
}
