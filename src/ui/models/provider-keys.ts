import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { client } from "../state/client.ts";
import { queries } from "../state/queries.ts";
import { useSession } from "../state/session.ts";
import { useBrowserKeys } from "./browser-keys.ts";

/** Whether the one who looks may keep keys on the server, which go out with everybody's questions. */
export function useMayKeepKeys(): boolean {
  const { data } = useSession();
  return data !== undefined && data.role === "admin";
}

/** Where the providers' keys come from, for those who may know. */
export function useProviderKeys() {
  const mayKeep = useMayKeepKeys();
  return useQuery({
    queryKey: ["provider-keys"],
    queryFn: () => unwrap(client.api["provider-keys"].get()),
    enabled: mayKeep,
  });
}

export async function keepOnServer(provider: string, key: string): Promise<void> {
  await unwrap(client.api["provider-keys"]({ provider }).put({ api_key: key }));
  await lookAgain();
}

export async function removeFromServer(provider: string): Promise<void> {
  await unwrap(client.api["provider-keys"]({ provider }).delete());
  await lookAgain();
}

/** With a key that is tried, with this browser's own, or with the server's. */
export function testProvider(provider: string, key = useBrowserKeys.getState().keys[provider]?.key) {
  return unwrap(client.api["provider-keys"]({ provider }).test.post(key === undefined ? {} : { api_key: key }));
}

/** Another key has other models, and other choices for the router. */
export async function lookAgain(): Promise<void> {
  const touched = new Set(["provider-keys", "providers", "models", "route", "quota", "voices"]);
  await queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => touched.has(String(first)) });
}
