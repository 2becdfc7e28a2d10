import { toMoment } from "./moments.ts";

/** A day and its time, where it stands alone. */
export function Moment({ at }: { readonly at: string | number }) {
  return <time dateTime={new Date(at).toISOString()}>{toMoment(at)}</time>;
}
