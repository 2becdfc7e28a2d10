import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { localCaller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";
import type { AccessKeyTable } from "../store/access-keys.ts";
import { createRandomToken } from "../lib/ids.ts";
import type { Guesses } from "./guesses.ts";
import { createKey, type CreatedKey } from "./new-key.ts";

/** A server that is reached by others before it has a key: whoever started it makes the first one in a browser. */
export interface Setup {
  /** Whether nobody has a key yet, and one may be made. */
  readonly isPending: boolean;
  /** What makes it, while it is pending: for whoever started the server alone. */
  readonly token: string;
  /** @throws {ApiError} `access_denied` while it is pending */
  assertOver(): void;
  /**
   * Makes the first key, an admin's. Of several who ask at once, also at other servers of the same directory, one gets it.
   *
   * @throws {ApiError} `not_found` where it is over, `access_denied` for another token, `rate_limited`
   */
  claim(request: Request, token: string, name: string): Promise<CreatedKey>;
}

export interface SetupParts {
  /** The setting's; with a key of the settings, or an issuer, there is nothing to set up. */
  readonly isOn: boolean;
  readonly keys: Pick<AccessKeyTable, "hasAny" | "insertFirst">;
  readonly guesses: Guesses;
  readonly clock: Clock;
}

/** Long enough to copy an address, in milliseconds; each start makes another token. */
export const setupMs = 15 * 60_000;

export function createSetup({ isOn, keys, guesses, clock }: SetupParts): Setup {
  const token = isOn ? createRandomToken() : "";
  const expected = digestOf(token);
  const until = clock() + setupMs;
  const isPending = () => isOn && !keys.hasAny();

  return {
    get isPending() {
      return isPending();
    },
    token,
    assertOver() {
      if (isPending())
        throw new ApiError("access_denied", "this server has no key yet: open the link that it printed as it started");
    },
    async claim(request, given, name) {
      if (!isPending()) throw over();
      const digest = digestOf(given);
      if (!timingSafeEqual(digest, expected)) {
        guesses.countWrong(request, digest).assertFew("typed");
        throw new ApiError("access_denied", "this is not the link that the server printed when it was started last");
      }
      if (clock() > until)
        throw new ApiError("not_found", "this link was for 15 minutes: start the server again, and it prints another");
      // Whoever opens the server to others goes on with what they have made here until then.
      const created = createKey({ name, owner: localCaller.owner, role: "admin" }, clock());
      if (!(await keys.insertFirst(created.row))) throw over();
      return created;
    },
  };
}

function over(): ApiError {
  return new ApiError("not_found", "there is nothing to be set up here: keys are made with parley keys create");
}
