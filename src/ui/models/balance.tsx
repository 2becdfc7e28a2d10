import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { unwrap } from "../../../client/index.ts";
import type { Quota } from "../../protocol/models.ts";
import { toCount } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { toDay } from "../parts/moments.ts";
import { client } from "../state/client.ts";
import { useBrowserKeys } from "./browser-keys.ts";

/** What the vendor tells of an account: asked for when somebody wants to know. */
export function Balance({ provider }: { readonly provider: string }) {
  const [isAsked, setIsAsked] = useState(false);
  const key = useBrowserKeys(({ keys }) => keys[provider]);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["quota", provider, key?.savedAt],
    queryFn: () =>
      unwrap(client.api.quota({ provider }).get({ headers: key === undefined ? {} : { "x-api-key": key.key } })),
    enabled: isAsked,
    retry: false,
  });
  return (
    <div className="models-test">
      <Button disabled={isFetching} onClick={() => (isAsked ? void refetch() : setIsAsked(true))}>
        {isFetching ? "Asking…" : "Balance"}
      </Button>
      <p role="status" className={error ? "wrong" : ""}>
        {error ? toReason(error) : data && toBalance(data)}
      </p>
    </div>
  );
}

function toBalance({ unit, remaining, used, limit, resets_at: resets }: Quota): string {
  const amounts = [
    ...(remaining === null ? [] : [`${toCount(remaining)} left`]),
    ...(used === null ? [] : [`${toCount(used)} used`]),
    ...(limit === null ? [] : [`of ${toCount(limit)}`]),
  ];
  const until = resets === null ? "" : `, anew on ${toDay(resets)}`;
  return `${amounts.join(", ") || "Nothing is told"}${unit === null ? "" : ` (${unit})`}${until}.`;
}
