import { useState } from "react";
import type { ProviderInfo } from "../../protocol/models.ts";
import { AskFirst } from "../parts/ask-first.tsx";
import { Button } from "../parts/button.tsx";
import { notify } from "../parts/toast.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { focusMessageBox } from "../shell/focus-message-box.ts";
import { agreeTo, useModelPreferences } from "./preferences.ts";
import { useProviders } from "./use-models.ts";

/** Those that answer strangers: chosen with a click, once it is said where the messages go. */
export function PublicProviders() {
  const { data = [] } = useProviders();
  const [asked, setAsked] = useState<ProviderInfo>();
  const agreed = useModelPreferences((state) => state.agreed);
  const strangers = data.filter(({ name, public: isPublic }) => isPublic && !agreed.includes(name));
  if (strangers.length === 0) return null;
  return (
    <div className="models-public">
      <p className="muted">Or ask a public service that needs no key:</p>
      {strangers.map((provider) => (
        <Button key={provider.name} onClick={() => setAsked(provider)}>
          Use {provider.label}…
        </Button>
      ))}
      <AgreeDialog provider={asked} onClose={() => setAsked(undefined)} />
    </div>
  );
}

interface AgreeDialogProps {
  readonly provider: ProviderInfo | undefined;
  readonly onClose: () => void;
}

function AgreeDialog({ provider, onClose }: AgreeDialogProps) {
  const { name = "", label = "", url = null } = provider ?? {};
  const use = () => {
    agreeTo(name);
    useAskOptions.setState({ choice: { provider: name } });
    notify({ text: `Questions from this browser go to ${label}.` });
    onClose();
    // The button that had the focus is gone.
    focusMessageBox();
  };
  return (
    <AskFirst
      isOpen={provider !== undefined}
      onClose={onClose}
      title={`Send your messages to ${label}?`}
      about={`Your messages and files then leave this machine. They go to ${hostOf(url) ?? label}, without an account, and ${label} may keep them. Send nothing private.`}
      no="Cancel"
      yes={`Use ${label}`}
      look="primary"
      onYes={use}
    />
  );
}

function hostOf(address: string | null): string | undefined {
  return address !== null && URL.canParse(address) ? new URL(address).host : undefined;
}
