import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { client } from "./client.ts";

/** Who can speak, and who can write down what is said; nobody until it is known. */
export function useVoices() {
  const { data } = useQuery({
    queryKey: ["voices"],
    queryFn: () => unwrap(client.api.voices.get()),
    staleTime: 60_000,
  });
  return data ?? { speakers: [], listeners: [] };
}
