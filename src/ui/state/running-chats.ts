import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { unwrap } from "../../../client/index.ts";
import { client } from "./client.ts";
import { queries } from "./queries.ts";

const pauseMs = { busy: 3_000, idle: 15_000 };

/** The chats in which an answer is coming, whoever asked. Once one has come, lists of chats are read anew. */
export function useRunningChats(): readonly string[] {
  const { data = none } = useQuery({
    queryKey: ["running-chats"],
    queryFn: async () => {
      const runs = await unwrap(client.api.runs.get({ query: {} }));
      const ids = runs.flatMap(({ state, chat_id }) => (state === "running" && chat_id !== null ? [chat_id] : []));
      return [...new Set(ids)].sort();
    },
    refetchInterval: ({ state }) => (state.data?.length ? pauseMs.busy : pauseMs.idle),
  });
  const before = useRef(none);
  useEffect(() => {
    const isOver = before.current.some((id) => !data.includes(id));
    before.current = data;
    if (isOver) void queries.invalidateQueries({ queryKey: ["chats"] });
  }, [data]);
  return data;
}

const none: readonly string[] = [];
