import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { DayBars, margin } from "./day-bars.tsx";
import { type Measure, measures } from "./measure.ts";
import { type Period, toDayName } from "./periods.ts";
import { useWidth } from "./use-width.ts";

export interface DayChartProps {
  readonly periods: readonly Period[];
  readonly measure: Measure;
}

/** A bar for each day; the one that is pointed at, or reached with the arrow keys, is told in words. */
export function DayChart({ periods, measure }: DayChartProps) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<number>();
  const last = periods.length - 1;
  const at = Math.min(chosen ?? last, last);
  const told = tell(periods[at], measure);

  function point({ clientX, currentTarget }: PointerEvent<HTMLElement>) {
    const x = clientX - currentTarget.getBoundingClientRect().left - margin.left;
    const step = (width - margin.left - margin.right) / periods.length;
    setChosen(Math.max(0, Math.min(last, Math.floor(x / step))));
  }

  function press(event: KeyboardEvent) {
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 7, PageDown: at + 7, Home: 0, End: last }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.max(0, Math.min(last, next)));
  }

  return (
    <div>
      <p className="usage-told" aria-hidden>
        {told}
      </p>
      <div
        ref={ref}
        className="usage-plot"
        role="slider"
        tabIndex={0}
        aria-label="Usage by day"
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={periods.length}
        aria-valuenow={at + 1}
        aria-valuetext={told}
        onKeyDown={press}
        onPointerMove={point}
        onPointerDown={point}
      >
        <DayBars periods={periods} measure={measure} width={width} chosen={at} />
      </div>
      {measure === "tokens" && <Legend />}
    </div>
  );
}

function tell(period: Period | undefined, measure: Measure): string {
  return period ? `${toDayName(period, true)}: ${measures[measure].tell(period)}` : "";
}

function Legend() {
  return (
    <p className="usage-legend muted">
      <svg aria-hidden width={14} height={14}>
        <rect className="usage-first" width={14} height={14} rx={2} />
      </svg>
      In (prompt)
      <svg aria-hidden width={14} height={14}>
        <rect width={14} height={14} rx={2} fill="url(#usage-hatch)" className="usage-second" />
      </svg>
      Out (completion)
    </p>
  );
}
