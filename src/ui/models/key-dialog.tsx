import { type SyntheticEvent, useState } from "react";
import type { ProviderInfo } from "../../protocol/models.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { toReason } from "../parts/failure.tsx";
import { Field } from "../parts/field.tsx";
import { Segments } from "../parts/segments.tsx";
import { notify } from "../parts/toast.tsx";
import { keepInBrowser } from "./browser-keys.ts";
import { KeyTest } from "./key-test.tsx";
import { keepOnServer, lookAgain, useMayKeepKeys, useProviderKeys } from "./provider-keys.ts";
import { titleOf } from "./entries.ts";

export interface KeyDialogProps {
  readonly provider: ProviderInfo | undefined;
  readonly onClose: () => void;
}

/** Where a provider's key is entered, tried, and put where one wants it. */
export function KeyDialog({ provider, onClose }: KeyDialogProps) {
  return (
    <Dialog isOpen={provider !== undefined} onClose={onClose} title={`Key of ${provider ? titleOf(provider) : ""}`}>
      {provider && <KeyForm key={provider.name} provider={provider} isFirst onDone={onClose} />}
    </Dialog>
  );
}

function LoginLink({ address }: { readonly address: string }) {
  return (
    <p className="muted">
      You get one at{" "}
      <a href={address} target="_blank" rel="noreferrer">
        {address.replace("https://", "")}
      </a>
      .
    </p>
  );
}

type Place = "server" | "browser";

const places = [
  { value: "server", label: "On the server" },
  { value: "browser", label: "In this browser" },
] as const;

export interface KeyFormProps {
  readonly provider: ProviderInfo;
  /** Whether the key is what one writes first. */
  readonly isFirst?: boolean;
  readonly onDone: () => void;
}

export function KeyForm({ provider: { name, login_url: login }, isFirst = false, onDone }: KeyFormProps) {
  const { data } = useProviderKeys();
  const set = data?.find((each) => each.provider === name && each.source === "settings");
  const mayKeep = useMayKeepKeys() && !set;
  const [chosen, setChosen] = useState<Place>("server");
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState("");
  const place = mayKeep ? chosen : "browser";
  // What is pasted often brings a space or a line's end along.
  const key = typed.trim();

  async function onSubmit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    try {
      if (place === "server") await keepOnServer(name, key);
      else keepInBrowser(name, key);
      notify({ text: `The key of ${name} is kept.` });
      onDone();
      if (place === "browser") await lookAgain();
    } catch (error) {
      setFailure(toReason(error));
    }
  }

  return (
    <form className="models-key-form" onSubmit={(event) => void onSubmit(event)}>
      {login !== null && <LoginLink address={login} />}
      <Field
        label="Key"
        type="password"
        autoComplete="off"
        data-first={isFirst || undefined}
        spellCheck={false}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        {...(failure !== "" && { hint: failure, isWrong: true })}
      />
      {mayKeep && <Segments label="Where it is kept" value={chosen} choices={places} onChange={setChosen} />}
      <p className="muted">
        {set && `The server uses the key that is set as ${set.setting}. Yours is used for your own questions. `}
        {place === "server"
          ? "The server keeps it encrypted, and uses it for everybody who asks here. It is never shown again."
          : "Only this browser keeps it, and sends it with your questions. The server uses it for the answer, and does not keep it."}
      </p>
      <div className="models-key-actions">
        <KeyTest provider={name} tried={key} isDisabled={key === ""} />
        <Button type="submit" look="primary" disabled={key === ""}>
          Save
        </Button>
      </div>
    </form>
  );
}
