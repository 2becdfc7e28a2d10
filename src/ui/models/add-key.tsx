import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { titleOf } from "./entries.ts";
import { KeyForm } from "./key-dialog.tsx";
import { useProviders } from "./use-models.ts";

/** For somebody who has a key, and looks for the place to put it. */
export function AddKey() {
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState("");
  const { data = [] } = useProviders();
  const providers = data.filter(({ login_url: login }) => login !== null);
  const provider = providers.find(({ name }) => name === chosen) ?? providers[0];
  const close = () => setIsOpen(false);
  if (!provider) return null;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Enter a key</Button>
      <Dialog isOpen={isOpen} onClose={close} title="Enter a key">
        <SelectField
          label="Of which provider?"
          data-first
          value={provider.name}
          onChange={({ target }) => setChosen(target.value)}
        >
          {providers.map((each) => (
            <option key={each.name} value={each.name}>
              {titleOf(each)}
            </option>
          ))}
        </SelectField>
        <KeyForm key={provider.name} provider={provider} onDone={close} />
      </Dialog>
    </>
  );
}
