import { SearchField } from "../parts/search-field.tsx";
import { useCallback } from "react";
import type { MemoryQuery } from "./query.ts";

type Filter = Omit<MemoryQuery, "user">;

export interface MemoryFiltersProps {
  readonly value: Filter;
  readonly onChange: (change: (filter: Filter) => Filter) => void;
}

const origins: readonly (readonly [Filter["origin"], string])[] = [
  ["all", "From anywhere"],
  ["extracted", "Found in conversations"],
  ["given", "Written down"],
];
const times: readonly (readonly [Filter["since"], string])[] = [
  ["ever", "At any time"],
  ["week", "In the last 7 days"],
  ["month", "In the last 30 days"],
];

export function MemoryFilters({ value, onChange }: MemoryFiltersProps) {
  const onSearch = useCallback(
    (text: string) => onChange((filter) => (filter.text === text ? filter : { ...filter, text })),
    [onChange],
  );
  return (
    <div className="memory-filters">
      <SearchField label="Search memories" onSearch={onSearch} />
      <Choice
        label="Where they come from"
        value={value.origin}
        choices={origins}
        onChange={(origin) => onChange((filter) => ({ ...filter, origin }))}
      />
      <Choice
        label="When they came"
        value={value.since}
        choices={times}
        onChange={(since) => onChange((filter) => ({ ...filter, since }))}
      />
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, choices, onChange }: ChoiceProps<T>) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={({ target }) => {
        const chosen = choices.find(([each]) => each === target.value);
        if (chosen) onChange(chosen[0]);
      }}
    >
      {choices.map(([each, words]) => (
        <option key={each} value={each}>
          {words}
        </option>
      ))}
    </select>
  );
}
