import type { Clock } from "../lib/clock.ts";
import { ApiError, orTimedOut } from "../protocol/errors.ts";
import type { Quota } from "../protocol/models.ts";
import type { Provider } from "../providers/provider.ts";

/** What vendors tell of balances and limits, asked of them and remembered for a minute. */
export interface Quotas {
  /** @throws {ApiError} `not_offered` where the vendor tells nothing; else as `chat` of the provider does. */
  get(provider: Provider, apiKey?: string): Promise<Quota>;
  /** What was told last, without waiting; it is asked for anew when it is old. */
  known(provider: Provider): Quota | undefined;
  /** It has another key. */
  forget(provider: Provider): void;
}

interface Entry {
  readonly askedAt: number;
  readonly quota: Promise<Quota>;
  told: Quota | undefined;
}

const keptMs = 60_000;
const patienceMs = 10_000;

export function createQuotas(clock: Clock): Quotas {
  const entries = new Map<string, Entry>();

  const get: Quotas["get"] = (provider, apiKey) =>
    apiKey === undefined ? look(provider).quota : ask(provider, apiKey);

  return {
    get,
    known(provider) {
      if (!provider.quota) return undefined;
      const entry = look(provider);
      entry.quota.catch(() => {});
      return entry.told;
    },
    forget: ({ name }) => void entries.delete(name),
  };

  function look(provider: Provider): Entry {
    const known = entries.get(provider.name);
    if (known && clock() < known.askedAt + keptMs) return known;
    const quota = ask(provider);
    // An old word serves until there is a newer one.
    const entry: Entry = { askedAt: clock(), quota, told: known?.told };
    quota.then(
      (told) => (entry.told = told),
      () => {},
    );
    entries.set(provider.name, entry);
    return entry;
  }

  async function ask(provider: Provider, apiKey?: string): Promise<Quota> {
    if (!provider.quota) throw new ApiError("not_offered", `${provider.name} tells nothing of balance or limits`);
    const signal = AbortSignal.timeout(patienceMs);
    return provider.quota({ signal, ...(apiKey !== undefined && { apiKey }) }).catch((thrown: unknown) => {
      throw orTimedOut(thrown, `${provider.name} did not tell its quota in time`);
    });
  }
}
