import { Page } from "../parts/page.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { FirstRun } from "./first-run.tsx";
import { ModelPicker } from "./model-picker.tsx";

export default function ModelsPage() {
  const choice = useAskOptions((state) => state.choice);
  return (
    <Page
      title="Models and keys"
      actions={
        <ModelPicker label="Model" value={choice} onChange={(chosen) => useAskOptions.setState({ choice: chosen })} />
      }
    >
      <FirstRun onExample={() => {}} />
    </Page>
  );
}
