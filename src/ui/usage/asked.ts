import { dayMs, utcDay } from "../../lib/clock.ts";
import { type Length, lengths } from "./periods.ts";

/** Which usage is looked at, as it stands in the page's address. */
export interface Asked {
  readonly days: Length;
  /** Of one user alone. */
  readonly user: string | undefined;
  /** For admins, who otherwise see their own. */
  readonly isEverybodys: boolean;
}

export function parseAsked(params: URLSearchParams): Asked {
  return {
    days: lengths.find((each) => each === params.get("days")) ?? "30",
    user: params.get("user") ?? undefined,
    isEverybodys: params.get("owner") === "all",
  };
}

/** For the address, and for the server, which takes the same. */
export function toQuery({ days, user, isEverybodys }: Asked) {
  return { days, ...(user !== undefined && { user }), ...(isEverybodys && { owner: "all" }) };
}

/** Where the rows of it all can be had as a table; those of one user alone cannot. */
export function toCsvAddress({ days, isEverybodys }: Asked, now: number): string {
  const from = utcDay(now - (Number(days) - 1) * dayMs);
  return `/backend-api/v2/usage?format=csv&from=${from}&to=${utcDay(now)}${isEverybodys ? "&owner=all" : ""}`;
}
