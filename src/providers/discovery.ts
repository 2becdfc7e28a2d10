import { tryParseJson } from "../lib/json.ts";
import type { Log } from "../lib/log.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Provider } from "./provider.ts";
import type { Registry } from "./registry.ts";
import { readUpstreamText } from "./upstream.ts";

/** A runtime that may be running on this machine, or a program that may be there. */
export type LocalRuntime = LocalServer | LocalProgram;

interface LocalServer {
  readonly provider: Provider;
  readonly address: string;
  /** Answers with JSON when the runtime is what we take it for. */
  readonly probePath: string;
}

/** It is there where the provider's `check` says so. */
interface LocalProgram {
  readonly provider: Provider;
  readonly address?: undefined;
}

export interface Discovery extends Disposable {
  /** Resolves when the first look is over. */
  readonly ready: Promise<void>;
}

export interface DiscoveryParts {
  readonly runtimes: readonly LocalRuntime[];
  readonly registry: Registry;
  readonly catalogue: Catalogue;
  /** Told of those that are there again. */
  readonly health: { reset(name: string): void };
  readonly log: Log;
  readonly intervalMs: number;
}

/** On loopback an answer takes a millisecond; what takes longer is not waiting for us. */
const probeMs = 750;

/** Looks for local runtimes now and at every interval: they are providers while they are up. */
export function openDiscovery({ runtimes, registry, catalogue, health, log, intervalMs }: DiscoveryParts): Discovery {
  const closed = new AbortController();
  const up = new Set<LocalRuntime>();
  const timer = setInterval(() => void look(), intervalMs);
  return {
    ready: look(),
    [Symbol.dispose]() {
      clearInterval(timer);
      closed.abort();
    },
  };

  async function look(): Promise<void> {
    await Promise.all(runtimes.map(check));
  }

  async function check(runtime: LocalRuntime): Promise<void> {
    const { name } = runtime.provider;
    const where = runtime.address === undefined ? "on this machine" : `at ${runtime.address}`;
    const isUp =
      runtime.address === undefined ? await isThere(runtime, closed.signal) : await isAnswering(runtime, closed.signal);
    if (closed.signal.aborted || isUp === up.has(runtime)) return;
    registry.setPresent(name, isUp);
    catalogue.forget(runtime.provider);
    if (isUp) {
      up.add(runtime);
      health.reset(name);
      log.info(`found ${name} ${where}`);
    } else {
      up.delete(runtime);
      log.info(`${name} ${where} is gone`);
    }
  }
}

/** No caller waits for it but those of the first look. */
const programMs = 3_000;

async function isThere({ provider }: LocalProgram, closed: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([closed, AbortSignal.timeout(programMs)]);
  return (
    provider.check?.({ signal }).then(
      () => true,
      () => false,
    ) ?? false
  );
}

async function isAnswering({ provider, address, probePath }: LocalServer, closed: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([closed, AbortSignal.timeout(probeMs)]);
  const limits = { connectMs: probeMs, isProxied: false, firstByteMs: probeMs, loadMs: probeMs, silenceMs: probeMs };
  const context = { provider: provider.name, keySetting: undefined, redact: (text: string) => text };
  const url = new URL(probePath, address).href;
  try {
    const text = await readUpstreamText({ url, method: "GET", headers: {}, signal, limits, context }, 16 * 1024 * 1024);
    return typeof tryParseJson(text) === "object";
  } catch {
    return false;
  }
}
