import { Combobox } from "@base-ui/react/combobox";
import { ChevronDown } from "lucide-react";
import { useMemo, useState } from "react";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import type { ModelChoice } from "../state/ask-options.ts";
import { inOrder, keyOf, type ModelEntry, search } from "./entries.ts";
import { ModelDetails } from "./model-details.tsx";
import { ModelList } from "./model-list.tsx";
import { useModelPreferences } from "./preferences.ts";
import { useModels } from "./use-models.ts";

export interface ModelPickerProps {
  readonly value: ModelChoice;
  readonly onChange: (choice: ModelChoice) => void;
  /** What is chosen here: "Model", "Second model". */
  readonly label: string;
}

/** Who is to answer: found by typing a name, a maker or a provider. */
export function ModelPicker({ value, onChange, label }: ModelPickerProps) {
  const models = useModels();
  const favourites = useModelPreferences((state) => state.favourites);
  const [typed, setTyped] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const [lit, setLit] = useState<ModelEntry>();
  // What is starred while the list is open stays where it is.
  const [placed, setPlaced] = useState(favourites);
  const ordered = useMemo(() => inOrder(models.entries, placed), [models.entries, placed]);
  const found = useMemo(() => search(ordered, typed), [ordered, typed]);
  const key = keyOf(value);
  const current = ordered.find((entry) => entry.key === key) ?? null;
  // As it is listed, or as it was chosen while the list is not there.
  const name = current?.label ?? value.model ?? value.provider ?? "Auto";

  return (
    <Combobox.Root
      virtualized
      items={ordered}
      filteredItems={found}
      value={current}
      onValueChange={(entry) => entry && onChange(entry.choice)}
      inputValue={typed}
      onInputValueChange={setTyped}
      itemToStringLabel={(entry) => entry.label}
      isItemEqualToValue={(one, other) => one.key === other.key}
      open={isOpen}
      onOpenChange={(open) => {
        setIsOpen(open);
        setTyped("");
        if (open) setPlaced(favourites);
      }}
      onItemHighlighted={(entry) => entry && setLit(entry)}
      autoHighlight
    >
      <Combobox.Trigger className="button quiet models-trigger" aria-label={`${label}: ${name}`}>
        <span className="models-chosen">{name}</span>
        <ChevronDown aria-hidden size={16} />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner className="positioner" sideOffset={4} align="start" collisionPadding={8}>
          <Combobox.Popup className="models-popup" aria-label={label}>
            <Combobox.Input
              className="models-search"
              aria-label="Search models"
              placeholder="Search by name, maker or provider"
            />
            {models.isPending && <Waiting label="Loading models" />}
            {models.error !== null && <Failure error={models.error} />}
            <Combobox.Empty className="models-none">No model has all of these words.</Combobox.Empty>
            <ModelList entries={found} favourites={placed} lit={lit} />
            <ModelDetails entry={lit ?? current ?? undefined} />
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
