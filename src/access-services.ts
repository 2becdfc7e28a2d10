import type { Config } from "./config/load.ts";
import { type Access, createAccess } from "./http/access.ts";
import { type Clients, createClients } from "./http/client-address.ts";
import { createGuesses, type Guesses } from "./http/guesses.ts";
import { createRequestRates, type RequestRates } from "./http/request-rates.ts";
import { createSessionCookie, type SessionCookie } from "./http/session-cookie.ts";
import { createSessions, type Sessions } from "./http/sessions.ts";
import { createSetup, type Setup } from "./http/setup.ts";
import { createStrangers, type Published } from "./http/strangers.ts";
import { createStreamWatch, type StreamWatch } from "./http/stream-watch.ts";
import { type Clock, dayMs, toSteadyClock } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { type Oidc, openOidc } from "./oidc-services.ts";
import type { Store } from "./store/index.ts";

/** Who may ask, how often, and how they come in. */
export interface AccessServices {
  readonly access: Access;
  /** Who asks, and where they see us: `trusted_proxies`, `public_url`. */
  readonly clients: Clients;
  readonly rates: RequestRates;
  readonly setup: Setup;
  readonly streams: StreamWatch;
  readonly sessions: Sessions;
  readonly sessionCookie: SessionCookie;
  /** Whom people sign in with in place of a key; `undefined` where there is none. */
  readonly oidc: Oidc | undefined;
  /** Those who come back from the issuer with what it did not give. */
  readonly issuerGuesses: Guesses;
}

export interface AccessServicesParts {
  readonly config: Config;
  readonly store: Store;
  readonly published: Published;
  /** What no log may show. */
  readonly secrets: Set<string>;
  readonly clock: Clock;
  readonly log: Log;
}

export function openAccessServices(parts: AccessServicesParts): AccessServices {
  const { config, store, published, secrets, clock, log } = parts;
  const sessions = createSessions(store.sessions, clock, config.session_days * dayMs);
  const oidc = openOidc(config, store.secrets, clock);
  const clients = createClients(config);
  const toGuesses = (what: string) => createGuesses({ clock: toSteadyClock(clock), clients, log, what });
  const guesses = toGuesses("keys");
  const setup = createSetup({
    isOn: config.setup && config.access_key === "" && !oidc,
    keys: store.accessKeys,
    guesses,
    clock,
  });
  if (setup.isPending) secrets.add(setup.token);
  const sessionCookie = createSessionCookie(clients);
  const access = createAccess({
    accessKey: config.access_key,
    keys: store.accessKeys,
    sessions,
    cookie: sessionCookie,
    guesses,
    setup,
    strangers: createStrangers(published),
    people: oidc?.people,
    clock,
  });
  return {
    access,
    clients,
    rates: createRequestRates(access, clock, config.rate_requests),
    setup,
    streams: createStreamWatch(access),
    sessions,
    sessionCookie,
    oidc,
    issuerGuesses: toGuesses("answers of the issuer"),
  };
}
