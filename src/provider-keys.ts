import type { KeyedInstance } from "./instances.ts";
import type { Clock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { isHeaderKey } from "./lib/text.ts";
import { ApiError, orTimedOut } from "./protocol/errors.ts";
import type { ProviderKey, ProviderTest } from "./protocol/provider-keys.ts";
import type { Call, Provider } from "./providers/provider.ts";
import type { ProviderServices } from "./provider-services.ts";
import type { ProviderKeyInfo, ProviderKeyTable } from "./store/provider-keys.ts";

/** Keys of providers that are entered while the server runs: in force at once, and where the operator has set none. */
export interface ProviderKeys extends Disposable {
  /** Resolves when those that are kept are in force. */
  readonly ready: Promise<void>;
  list(): Promise<ProviderKey[]>;
  /** @throws {ApiError} `provider_not_found`, `invalid_request`, `conflict` where the operator has set one, `wrong_secret_key` */
  save(provider: string, key: string): Promise<ProviderKey>;
  /** @throws {ApiError} `provider_not_found`, `not_found` */
  remove(provider: string): Promise<void>;
  /** Asks the provider's own address, with this key or as it stands. @throws {ApiError} `provider_not_found`, `invalid_request` */
  test(provider: string, key?: string): Promise<ProviderTest>;
}

export interface ProviderKeysParts extends Pick<
  ProviderServices,
  "registry" | "catalogue" | "health" | "quotas" | "keyed"
> {
  readonly table: ProviderKeyTable;
  /** What no line of the log may show: keys are added to it before anybody uses them. */
  readonly secrets: Set<string>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How soon a key is in force that another server on the same directory was given. */
const lookMs = 2_000;
const patienceMs = 10_000;
/** Of a shorter key four characters would be too much to tell. */
const minTold = 16;

export function openProviderKeys(parts: ProviderKeysParts): ProviderKeys {
  const { registry, catalogue, health, quotas, keyed, table, secrets, clock, log } = parts;
  const inForce = new Map<string, string>();
  const complained = new Set<string>();
  let version = "";
  let last = Promise.resolve();
  /** One look after the other: each finds what was written before it. */
  const apply = () =>
    (last = last.then(look).catch((error: unknown) => log.error("keys could not be read", { error })));
  const ready = apply();
  const timer = setInterval(() => void (table.version() === version || apply()), lookMs);

  return {
    ready,

    async list() {
      await ready;
      const kept = new Map((await table.list()).map((row) => [row.provider, row]));
      return Promise.all(keyed.map((instance) => toInfo(instance, kept.get(instance.name))));
    },

    async save(asked, key) {
      const instance = findKeyed(asked);
      assertKey(key);
      if (instance.isSet)
        throw new ApiError("conflict", `the key of ${instance.name} is set as ${instance.setting}: change it there`);
      secrets.add(key);
      await table.save(instance.name, key, clock());
      await apply();
      return toInfo(
        instance,
        (await table.list()).find(({ provider }) => provider === instance.name),
      );
    },

    async remove(asked) {
      const { name } = findKeyed(asked);
      if (!(await table.remove(name))) throw new ApiError("not_found", `no key of ${name} is kept here`);
      await apply();
    },

    async test(asked, key) {
      await ready;
      if (key === undefined) return test(registry.get(asked));
      assertKey(key);
      // Not to be struck out of the log: anybody may try any word, and what the provider says is told without it.
      return test(findKeyed(asked).open(key));
    },

    [Symbol.dispose]: () => clearInterval(timer),
  };

  async function look(): Promise<void> {
    version = table.version();
    const kept = await table.list();
    for (const row of kept) if (!row.isReadable) complain(row);
    for (const instance of keyed) {
      if (instance.isSet) continue;
      const { name } = instance;
      const key = kept.some(({ provider }) => provider === name) ? await table.open(name) : undefined;
      if (key === inForce.get(name)) continue;
      if (key === undefined) inForce.delete(name);
      else inForce.set(name, key);
      if (key !== undefined) secrets.add(key);
      const provider = instance.open(key);
      registry.replace(provider);
      catalogue.forget(provider);
      quotas.forget(provider);
      health.reset(name);
    }
  }

  function complain({ provider }: ProviderKeyInfo): void {
    if (!complained.has(provider))
      log.warn(`the key of ${provider} was encrypted with a key that is not here: enter it anew, or remove it`);
    complained.add(provider);
  }

  async function toInfo(instance: KeyedInstance, row: ProviderKeyInfo | undefined): Promise<ProviderKey> {
    const { name, setting, isSet } = instance;
    const key = row && (await table.open(name));
    return {
      provider: name,
      source: isSet ? "settings" : key === undefined ? null : "server",
      setting,
      saved_at: row ? new Date(row.saved_at).toISOString() : null,
      ends_with: key !== undefined && key.length >= minTold ? key.slice(-4) : null,
      readable: row === undefined || row.isReadable,
    };
  }

  /** @throws {ApiError} `provider_not_found`, `invalid_request` for one that takes none */
  function findKeyed(asked: string): KeyedInstance {
    const { name } = registry.get(asked);
    const found = keyed.find((instance) => instance.name === name);
    if (found) return found;
    throw new ApiError("invalid_request", `${name} takes no key`);
  }

  async function test(provider: Provider): Promise<ProviderTest> {
    const startedAt = performance.now();
    const told = (result: Pick<ProviderTest, "models" | "message">): ProviderTest => ({
      ok: result.message === null,
      latency_ms: Math.round(performance.now() - startedAt),
      ...result,
    });
    try {
      return told({ models: await ask(provider, { signal: AbortSignal.timeout(patienceMs) }), message: null });
    } catch (thrown) {
      const { message } = orTimedOut(thrown, `${provider.name} did not answer within ${patienceMs / 1000} s`);
      return told({ models: null, message });
    }
  }
}

/** What costs nothing. Some list their models for anybody: they tell what is left on an account to none but its owner. */
async function ask(provider: Provider, call: Call): Promise<number> {
  const [models] = await Promise.all([
    provider.listModels(call),
    provider.check?.(call),
    provider.quota?.(call).catch((thrown: unknown) => {
      if (thrown instanceof ApiError && thrown.reason === "missing_auth") throw thrown;
    }),
  ]);
  return models.length;
}

function assertKey(key: string): void {
  if (!isHeaderKey(key))
    throw new ApiError("invalid_request", "api_key: expected a key of letters, digits and signs of ASCII");
}
