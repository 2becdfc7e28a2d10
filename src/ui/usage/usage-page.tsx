import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { unwrap } from "../../../client/index.ts";
import { dayMs, utcDay } from "../../lib/clock.ts";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { Page } from "../parts/page.tsx";
import { Segments } from "../parts/segments.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { client } from "../state/client.ts";
import { BudgetView } from "./budget-view.tsx";
import { type Measure, measures } from "./measure.ts";
import { type Length, lengths } from "./periods.ts";
import { UsageCharts } from "./usage-charts.tsx";

const measureChoices = (["tokens", "cost", "requests"] as const).map((value) => ({
  value,
  label: measures[value].label,
}));
const lengthChoices = lengths.map((value) => ({ value, label: value === "365" ? "Year" : `${value} days` }));

export default function UsagePage() {
  const [params, setParams] = useSearchParams();
  const [measure, setMeasure] = useState<Measure>("tokens");
  const days = lengths.find((each) => each === params.get("days")) ?? "30";
  const user = params.get("user") ?? undefined;
  const query = { days, ...(user !== undefined && { user }) };
  const { data, error, refetch } = useQuery({
    queryKey: ["stats", query],
    queryFn: () => unwrap(client.api.stats.get({ query })),
    placeholderData: keepPreviousData,
  });
  const change = (next: { readonly days?: Length; readonly user?: string | undefined }) =>
    setParams(toParams({ days, user, ...next }), { replace: true });
  return (
    <Page
      title="Usage"
      about="What your answers used. Days are UTC; costs are those of models whose price is known."
      actions={
        <>
          <Segments label="Days" value={days} choices={lengthChoices} onChange={(value) => change({ days: value })} />
          <Segments label="Charts show" value={measure} choices={measureChoices} onChange={setMeasure} />
        </>
      }
    >
      {user !== undefined && (
        <p>
          Of {user} alone. <Button onClick={() => change({ user: undefined })}>Show all users</Button>
        </p>
      )}
      <BudgetView />
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <UsageCharts
          stats={data}
          days={Number(days)}
          measure={measure}
          onChooseUser={(name) => change({ user: name })}
          download={
            <a className="button" href={toCsvAddress(Number(days))} download>
              <Download aria-hidden size={16} /> Download as CSV
            </a>
          }
        />
      )}
    </Page>
  );
}

function toParams({
  days,
  user,
}: {
  readonly days: Length;
  readonly user: string | undefined;
}): Record<string, string> {
  return { days, ...(user !== undefined && { user }) };
}

function toCsvAddress(days: number): string {
  const from = utcDay(Date.now() - (days - 1) * dayMs);
  return `/backend-api/v2/usage?format=csv&from=${from}&to=${utcDay(Date.now())}`;
}
