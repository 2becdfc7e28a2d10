import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { unwrap } from "../../../client/index.ts";
import type { Model } from "../../protocol/models.ts";
import { client } from "../state/client.ts";
import { useBrowserKeys } from "./browser-keys.ts";
import { type ModelEntry, toEntries } from "./entries.ts";
import { useModelPreferences } from "./preferences.ts";

/** The vendors' lists change by the day, and the server asks for them anew by itself. */
const staleMs = 60_000;

export function useProviders() {
  return useQuery({ queryKey: ["providers"], queryFn: () => unwrap(client.api.providers.get()) });
}

interface KnownModels {
  readonly entries: readonly ModelEntry[];
  readonly isPending: boolean;
  readonly error: unknown;
}

/** Everything that can be chosen: of the server's providers in one request, and one more for each that is this browser's own. */
export function useModels(): KnownModels {
  const summaries = useQuery({
    queryKey: ["models"],
    queryFn: () => unwrap(client.api.models.get({ query: { details: "true" } })),
    staleTime: staleMs,
  });
  const providers = useProviders();
  const keys = useBrowserKeys((state) => state.keys);
  const agreed = useModelPreferences((state) => state.agreed);
  const names = useMemo(() => [...new Set([...Object.keys(keys), ...agreed])], [keys, agreed]);
  const own = useQueries({
    queries: names.map((provider) => ({
      queryKey: ["models", provider, keys[provider]?.savedAt],
      queryFn: () => listOwn(provider, keys[provider]?.key),
      staleTime: staleMs,
      retry: false,
    })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  const entries = useMemo(
    () => toEntries(summaries.data ?? [], own, providers.data ?? []),
    [summaries.data, own, providers.data],
  );
  return {
    entries,
    isPending: summaries.isPending || providers.isPending,
    error: summaries.error ?? providers.error,
  };
}

async function listOwn(provider: string, key: string | undefined) {
  const headers = key === undefined ? {} : { "x-api-key": key };
  const listed: readonly object[] = await unwrap(client.api.models({ provider }).get({ headers }));
  return { provider, models: listed.filter((each): each is Model => "id" in each) };
}
