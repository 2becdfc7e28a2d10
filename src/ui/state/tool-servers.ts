import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import type { ToolServer } from "../../protocol/tools.ts";
import type { AskOptions } from "./ask-options.ts";
import { client } from "./client.ts";
import { queries } from "./queries.ts";

const queryKey = ["tools"];

/** The servers whose tools models may call; none until they are known. */
export function useToolServers(): readonly ToolServer[] {
  const { data } = useQuery({
    queryKey,
    queryFn: () => unwrap(client.api.tools.get({ query: {} })),
    staleTime: 60_000,
  });
  return data ?? [];
}

/** An answer may have started some of them, and found what they offer. */
export function refreshToolServers(): void {
  void queries.invalidateQueries({ queryKey });
}

/** Those that were chosen, without such as are gone since; as the server has it, where nobody chose. */
export function chosenServers({ tools }: Pick<AskOptions, "tools">): readonly string[] | undefined {
  const known = queries.getQueryData<ToolServer[]>(queryKey);
  return known ? tools?.filter((name) => known.some((server) => server.name === name)) : tools;
}
