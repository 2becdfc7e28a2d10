import { Segments } from "../parts/segments.tsx";
import { useSession } from "../state/session.ts";
import type { Asked } from "./asked.ts";
import { type Measure, measures } from "./measure.ts";
import { lengths } from "./periods.ts";

export interface UsageChoicesProps {
  readonly asked: Asked;
  readonly onChange: (next: Partial<Asked>) => void;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
}

const lengthChoices = lengths.map((value) => ({ value, label: value === "365" ? "Year" : `${value} days` }));
const measureChoices = (["tokens", "cost", "requests"] as const).map((value) => ({
  value,
  label: measures[value].label,
}));
const ownerChoices = [
  { value: "own", label: "Mine" },
  { value: "all", label: "Everybody's" },
] as const;

export function UsageChoices({ asked, onChange, measure, onMeasure }: UsageChoicesProps) {
  const { data: session } = useSession();
  return (
    <>
      {session?.required && session.role === "admin" && (
        <Segments
          label="Whose"
          value={asked.isEverybodys ? "all" : "own"}
          choices={ownerChoices}
          onChange={(value) => onChange({ isEverybodys: value === "all", user: undefined })}
        />
      )}
      <Segments label="Days" value={asked.days} choices={lengthChoices} onChange={(days) => onChange({ days })} />
      <Segments label="Charts show" value={measure} choices={measureChoices} onChange={onMeasure} />
    </>
  );
}
