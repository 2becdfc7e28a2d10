import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { unwrap } from "../../../client/index.ts";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { client } from "../state/client.ts";
import { type Asked, parseAsked, toCsvAddress, toQuery } from "./asked.ts";
import { BudgetView } from "./budget-view.tsx";
import type { Measure } from "./measure.ts";
import { UsageCharts } from "./usage-charts.tsx";
import { UsageChoices } from "./usage-choices.tsx";

export default function UsagePage() {
  const [params, setParams] = useSearchParams();
  const [measure, setMeasure] = useState<Measure>("tokens");
  const asked = parseAsked(params);
  const query = toQuery(asked);
  const { data, error, refetch } = useQuery({
    queryKey: ["stats", query],
    queryFn: () => unwrap(client.api.stats.get({ query })),
    placeholderData: keepPreviousData,
  });
  const change = (next: Partial<Asked>) => setParams(toQuery({ ...asked, ...next }), { replace: true });
  return (
    <Page
      title="Usage"
      about="What answers used. Days are UTC; costs are those of models whose price is known."
      actions={<UsageChoices asked={asked} onChange={change} measure={measure} onMeasure={setMeasure} />}
    >
      {asked.user !== undefined && (
        <p>
          Of {asked.user} alone. <Button onClick={() => change({ user: undefined })}>Show all users</Button>
        </p>
      )}
      <BudgetView />
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && !error && (
        <UsageCharts
          stats={data}
          days={Number(asked.days)}
          measure={measure}
          onChooseUser={(user) => change({ user })}
          download={
            <a className="button" href={toCsvAddress(asked, Date.now())} download>
              <Download aria-hidden size={16} /> Download as CSV
            </a>
          }
        />
      )}
    </Page>
  );
}
