import { openDeadline } from "../lib/deadline.ts";
import type { Judged } from "../lib/pinned.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { isNamed } from "../providers/catalogue.ts";
import { isChatModel } from "../providers/model-traits.ts";
import type { Adapter, Call, Provider, UpstreamLimits } from "../providers/provider.ts";
import { askedModel } from "./asked.ts";
import type { Option } from "./options.ts";

/** The address of a server of the caller's own; `undefined` where a request names none. */
export function callersAddress({ base_url, api_base }: Pick<ChatRequest, "base_url" | "api_base">): string | undefined {
  return base_url || api_base || undefined;
}

/** Servers that callers name by their address, each for one question. */
export interface CallersServers {
  /**
   * Who answers at an address. It is made for this question, without anything of the server's that could be sent there:
   * no key, no header. All its requests go to the place that is judged here, once. `undefined` where who speaks to such
   * servers is not named: clients send the field whomever they ask, and it means nothing to anybody else.
   *
   * @throws {ApiError} `invalid_request` where others are named beside; `address_not_allowed` of the guard;
   *   `model_not_found` where no model is named and it lists none
   */
  open(address: string, named: readonly Provider[], asked: CallersWish): Promise<Option | undefined>;
}

export interface CallersWish {
  readonly model: ChatRequest["model"];
  /** The caller's own. */
  readonly apiKey: string | undefined;
}

export interface CallersServersParts {
  /** What is spoken to them. */
  readonly adapter: Adapter;
  /** The guard. @throws {ApiError} `address_not_allowed` */
  readonly judge: (address: string, signal: AbortSignal) => Promise<Judged>;
  readonly limits: UpstreamLimits;
}

/** For finding out where it is, and for its list of models, in milliseconds; a run has not begun yet. */
const patienceMs = 10_000;

export function createCallersServers({ adapter, judge, limits }: CallersServersParts): CallersServers {
  return {
    async open(address, named, { model, apiKey }) {
      if (!named.some(({ name }) => name.toLowerCase() === adapter.name.toLowerCase())) return undefined;
      if (named.length > 1)
        throw new ApiError("invalid_request", `base_url: it goes with "provider": "${adapter.name}" alone`);
      using deadline = openDeadline(new AbortController().signal, patienceMs, tooSlow);
      const { url, ips } = await judge(address, deadline.signal);
      if (url.search !== "" || url.hash !== "")
        throw new ApiError(
          "invalid_request",
          "base_url: expected an address without ? and #, such as https://example.com/v1",
        );
      const provider = adapter.open({ name: adapter.name, baseUrl: url.href, limits, ips });
      const key = apiKey === undefined ? {} : { apiKey };
      const chosen = askedModel(model) ?? (await firstModel(provider, { signal: deadline.signal, ...key }));
      return { provider, model: chosen, told: undefined, weight: 1, isCallers: true, ...key };
    },
  };

  async function firstModel(provider: Provider, call: Call): Promise<string> {
    const listed = await provider.listModels(call).catch((thrown: unknown) => toApiError(thrown));
    const why = listed instanceof ApiError ? listed.message : "it lists no model that chats";
    const first =
      listed instanceof ApiError ? undefined : listed.find((each) => isNamed(each) && isChatModel(each, provider));
    if (first) return first.id;
    throw new ApiError("model_not_found", `${provider.name}: ${why}; name a model in "model"`);
  }
}

function tooSlow(): ApiError {
  return new ApiError("fetch_failed", `base_url: its name was not found within ${patienceMs / 1000} s`);
}
