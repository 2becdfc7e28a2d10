import { Failure } from "../parts/failure.tsx";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { AllModels } from "./all-models.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { ProviderList } from "./provider-list.tsx";
import { lookAgain } from "./provider-keys.ts";
import { useModels, useProviders } from "./use-models.ts";

export default function ModelsPage() {
  const choice = useAskOptions((state) => state.choice);
  const { entries, isPending, error } = useModels();
  const { data: providers = [] } = useProviders();
  return (
    <Page
      title="Models and keys"
      about="Who can answer here, with whose key, and what each model can do."
      actions={
        <ModelPicker
          label="Model for new questions"
          value={choice}
          onChange={(chosen) => useAskOptions.setState({ choice: chosen })}
        />
      }
    >
      {isPending && <Waiting label="Loading models" />}
      {error !== null && <Failure error={error} onRetry={() => void lookAgain()} />}
      {!isPending && error === null && (
        <>
          <ProviderList providers={providers} entries={entries} />
          <AllModels entries={entries} />
        </>
      )}
    </Page>
  );
}
