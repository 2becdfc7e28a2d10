import { amountOf, type Measure, measures, toTicks } from "./measure.ts";
import { type Period, toDayName } from "./periods.ts";

export const margin = { left: 52, right: 4, top: 8, bottom: 24 };
const height = 230;
/** What the name of a day takes, in pixels. */
const nameWidth = 72;

export interface DayBarsProps {
  readonly periods: readonly Period[];
  readonly measure: Measure;
  readonly width: number;
  readonly chosen: number;
}

export function DayBars({ periods, measure, width, chosen }: DayBarsProps) {
  const plotWidth = Math.max(0, width - margin.left - margin.right);
  const plotHeight = height - margin.top - margin.bottom;
  const step = plotWidth / periods.length;
  const ticks = toTicks(Math.max(0, ...periods.map((each) => amountOf(measure, each))), measure !== "cost");
  const most = ticks.at(-1) ?? 1;
  const y = (value: number) => margin.top + plotHeight * (1 - value / most);
  const x = (index: number) => margin.left + index * step;
  const between = Math.max(1, Math.ceil(nameWidth / Math.max(step, 1)));
  return (
    <svg aria-hidden width={width} height={height} className="usage-bars">
      <defs>
        <pattern id="usage-hatch" width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className="usage-hatch-ground" width={5} height={5} />
          <rect className="usage-first" width={2} height={5} />
        </pattern>
      </defs>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text x={margin.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
            {measures[measure].toTick(tick)}
          </text>
        </g>
      ))}
      <rect className="usage-chosen" x={x(chosen)} y={margin.top} width={step} height={plotHeight} />
      <rect className="usage-mark" x={x(chosen)} y={margin.top + plotHeight} width={step} height={3} />
      {periods.map((period, index) => (
        <Bar key={period.from} parts={measures[measure].parts(period)} x={x(index)} step={step} y={y} />
      ))}
      {periods.map(
        (period, index) =>
          // From the last one back, so that today has a name.
          (periods.length - 1 - index) % between === 0 &&
          x(index) + step / 2 > margin.left + nameWidth / 3 && (
            <text
              key={period.from}
              x={Math.min(x(index) + step / 2, width - margin.right)}
              y={height - 6}
              textAnchor={index === periods.length - 1 && step < nameWidth ? "end" : "middle"}
            >
              {toDayName({ from: period.to, to: period.to })}
            </text>
          ),
      )}
    </svg>
  );
}

interface BarProps {
  readonly parts: readonly number[];
  readonly x: number;
  readonly step: number;
  readonly y: (value: number) => number;
}

function Bar({ parts: [first = 0, second = 0], x, step, y }: BarProps) {
  const gap = step > 6 ? step * 0.2 : step > 3 ? 1 : 0;
  const place = { x: x + gap / 2, width: Math.min(Math.max(0.5, step - gap), 48) };
  if (place.width === 48) place.x = x + (step - 48) / 2;
  return (
    <>
      {first > 0 && <rect className="usage-first" {...place} y={y(first)} height={y(0) - y(first)} />}
      {second > 0 && (
        <rect
          className="usage-second"
          fill="url(#usage-hatch)"
          {...place}
          y={y(first + second)}
          height={y(first) - y(first + second)}
        />
      )}
    </>
  );
}
