import { type ApiError, orTimedOut } from "../../protocol/errors.ts";
import type { Quota } from "../../protocol/models.ts";
import { adapters } from "../../providers/registry.ts";
import type { Provider } from "../../providers/provider.ts";
import type { Services } from "../../services.ts";
import type { ClockLook } from "./clock.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, fail, skip } = findingsAbout("providers");

/** Longest wait for one provider, in milliseconds, and what is slow for a list. */
const patienceMs = 10_000;
const slowMs = 3000;

/** Asks every provider that is set up for what is free. */
export async function checkProviders(services: Services, clock: ClockLook): Promise<Finding[]> {
  const { registry, config } = services;
  const asked = registry.list().filter((provider) => registry.isActive(provider) && !provider.lastResort);
  const findings = await Promise.all(asked.map((provider) => look(provider, services, clock)));
  const runtimes = new Set(adapters.filter(({ localAddress }) => localAddress !== undefined).map(({ name }) => name));
  const absent = registry.listAbsent().filter(({ name }) => runtimes.has(name));
  return [
    ...findings,
    ...(asked.some(({ chat }) => chat !== undefined)
      ? []
      : [
          warn(
            "none",
            "no provider of language models is set up: the built-in assistant answers",
            "set a vendor's key, such as OPENAI_API_KEY, or start a local runtime",
          ),
        ]),
    ...(config.discovery && absent.length > 0
      ? [skip("local", `not running on this machine: ${absent.map(({ label }) => label).join(", ")}`)]
      : []),
  ];
}

async function look(provider: Provider, services: Services, clock: ClockLook): Promise<Finding> {
  const { name } = provider;
  if (!provider.check) return skip(name, "it has nothing that is free to ask");
  const startedAt = performance.now();
  const refused = await refusedKeys(provider, clock);
  const milliseconds = Math.round(performance.now() - startedAt);
  const [first] = refused;
  if (first && refused.length >= provider.keyCount)
    return fail(name, first.error.message, cureOf(first.error, provider), { models: 0, milliseconds, quota: null });
  const models = (await services.catalogue.find(provider))?.length ?? 0;
  // It is told where it is offered; that it cannot be read just now is no fault of the provider's.
  const quota = provider.quota ? await services.quotas.get(provider).catch(() => null) : null;
  const more = { models, milliseconds, quota };
  const keys = provider.keyCount > 1 ? `${provider.keyCount} keys, ` : "";
  const said = `${keys}${models} ${models === 1 ? "model" : "models"}, ${milliseconds} ms${toLeft(quota)}`;
  if (first)
    return fail(
      name,
      `of its keys number ${first.number} does not work: ${first.error.message}`,
      cureOf(first.error, provider),
      more,
    );
  if (models === 0) return warn(name, "it offers no models", "name what it has as models: in parley.yaml", more);
  if (quota?.remaining != null && quota.remaining <= 0)
    return warn(name, said, `nothing is left: ${whereOf(provider)}`, more);
  if (milliseconds > slowMs)
    return warn(name, `${said}: slow`, "hedge_after and first_token_timeout let another answer meanwhile", more);
  return ok(name, said, null, more);
}

/** One after the other: a vendor counts them as one caller. */
async function refusedKeys(provider: Provider, clock: ClockLook): Promise<{ number: number; error: ApiError }[]> {
  const refused: { number: number; error: ApiError }[] = [];
  for (let keyIndex = 0; keyIndex < Math.max(1, provider.keyCount); keyIndex++) {
    const call = { signal: AbortSignal.timeout(patienceMs), keyIndex, onHead: clock.begin() };
    const error = await provider.check?.(call).then(() => undefined, toFailure);
    if (error) refused.push({ number: keyIndex + 1, error });
  }
  return refused;
}

function toFailure(thrown: unknown): ApiError {
  return orTimedOut(thrown, `it did not answer within ${patienceMs / 1000} s`);
}

function cureOf({ reason }: ApiError, provider: Provider): string {
  if (reason === "missing_auth") return `is it the right key, and still good? ${whereOf(provider)}`;
  if (reason === "payment_required") return whereOf(provider);
  if (reason === "rate_limited") return "wait a while; a second key, or a second provider, is asked meanwhile";
  if (reason === "upstream_timeout") return "is its address right, and can this machine reach it?";
  return "is it running, is its address right, and can this machine reach it?";
}

function whereOf({ loginUrl, url }: Provider): string {
  return `see ${loginUrl ?? url ?? "its own page"}`;
}

function toLeft(quota: Quota | null): string {
  return quota?.remaining == null ? "" : `, ${quota.remaining} ${quota.unit ?? ""} left`.replace("  ", " ");
}
