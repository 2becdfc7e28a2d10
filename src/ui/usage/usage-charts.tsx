import type { Static } from "@sinclair/typebox";
import type { ReactNode } from "react";
import { utcDay } from "../../lib/clock.ts";
import type { UsageStats } from "../../protocol/usage.ts";
import { DayChart } from "./day-chart.tsx";
import { DayTable } from "./day-table.tsx";
import type { Measure } from "./measure.ts";
import { NamesTable } from "./names-table.tsx";
import { toPeriods } from "./periods.ts";
import { Totals } from "./totals.tsx";

export interface UsageChartsProps {
  readonly stats: Static<typeof UsageStats>;
  readonly days: number;
  readonly measure: Measure;
  readonly onChooseUser: (name: string) => void;
  readonly download: ReactNode;
}

export function UsageCharts({ stats, days, measure, onChooseUser, download }: UsageChartsProps) {
  if (stats.totals.requests === 0)
    return <p>Nothing was asked in these days. Each answer is counted here as soon as it ends.</p>;
  const periods = toPeriods(stats.days, days, utcDay(Date.now()));
  return (
    <>
      <Totals totals={stats.totals} />
      <h2>By day</h2>
      <DayChart periods={periods} measure={measure} />
      <DayTable periods={periods} />
      <div className="usage-groups">
        <NamesTable title="Models" kind="Model" groups={stats.models} measure={measure} />
        <NamesTable title="Providers" kind="Provider" groups={stats.providers} measure={measure} />
        <NamesTable title="Users" kind="User" groups={stats.users} measure={measure} onChoose={onChooseUser} />
      </div>
      <p>{download}</p>
    </>
  );
}
