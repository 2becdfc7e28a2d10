import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, skip } = findingsAbout("clock");

/** Beyond this, signed requests are refused, and keys expire early or late; in milliseconds. */
const maxOffMs = 60_000;

/** Reads the time from the answers that come anyway. */
export interface ClockLook {
  /** To be told of the headers of an answer that is asked for now. */
  begin(): (headers: Headers) => void;
  result(): Finding;
}

export function createClockLook(): ClockLook {
  const offsets: number[] = [];
  return {
    begin() {
      const sentAt = Date.now();
      return (headers) => {
        const told = Date.parse(headers.get("date") ?? "");
        // It was written in between, and of a second only its beginning is told.
        if (!Number.isNaN(told)) offsets.push((sentAt + Date.now()) / 2 - (told + 500));
      };
    },
    result() {
      // One vendor's clock may be the one that is wrong.
      const offMs = offsets.toSorted((a, b) => a - b)[Math.floor(offsets.length / 2)];
      if (offMs === undefined) return skip("clock", "nobody answered who tells the time");
      const seconds = Math.round(Math.abs(offMs) / 1000);
      const found = `${seconds} s ${offMs > 0 ? "fast" : "slow"}, by ${offsets.length} that answered`;
      if (Math.abs(offMs) <= maxOffMs) return ok("clock", seconds <= 1 ? "right" : found);
      return warn("clock", found, "let the system set it: timedatectl set-ntp true, or the settings of the system");
    },
  };
}
