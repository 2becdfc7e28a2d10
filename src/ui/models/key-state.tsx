import { useState } from "react";
import type { ProviderInfo } from "../../protocol/models.ts";
import type { ProviderKey } from "../../protocol/provider-keys.ts";
import { AskFirst } from "../parts/ask-first.tsx";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { toDay } from "../parts/moments.ts";
import { notify } from "../parts/toast.tsx";
import { forgetInBrowser, keepInBrowser, useBrowserKeys } from "./browser-keys.ts";
import { titleOf } from "./entries.ts";
import { lookAgain, removeFromServer, useProviderKeys } from "./provider-keys.ts";

export interface KeyStateProps {
  readonly provider: ProviderInfo;
  readonly onKey: (provider: ProviderInfo) => void;
}

/** Where a provider's key comes from, and what can be done about it. */
export function KeyState({ provider, onKey }: KeyStateProps) {
  const { name, auth, login_url: login } = provider;
  const { data } = useProviderKeys();
  const own = useBrowserKeys(({ keys }) => keys[name]);
  const [isAsking, setIsAsking] = useState(false);
  const known = data?.find((each) => each.provider === name);
  const title = titleOf(provider);
  const enter = own || known?.source === "server" ? "Another key" : "Enter a key";
  if (!auth && !known && login === null && !own) return null;

  function forget(): void {
    forgetInBrowser(name);
    void lookAgain();
    const back = () => {
      if (own) keepInBrowser(name, own.key);
      void lookAgain();
    };
    notify({
      text: `This browser has forgotten the key of ${title}.`,
      action: { label: "Undo", onSelect: back },
    });
  }

  return (
    <div className="models-key">
      <p>{own ? "Key: in this browser, for your questions." : toWords(known, provider)}</p>
      <div className="models-key-buttons">
        <Button aria-label={`${enter} of ${title}`} onClick={() => onKey(provider)}>
          {enter}
        </Button>
        {own && (
          <Button look="danger" aria-label={`Remove this browser’s key of ${title}`} onClick={forget}>
            Remove
          </Button>
        )}
        {!own && known && known.saved_at !== null && (
          <Button look="danger" aria-label={`Remove the server’s key of ${title}`} onClick={() => setIsAsking(true)}>
            Remove
          </Button>
        )}
      </div>
      <RemoveDialog provider={provider} isOpen={isAsking} onClose={() => setIsAsking(false)} />
    </div>
  );
}

function toWords(known: ProviderKey | undefined, { configured, auth }: ProviderInfo): string {
  if (known?.readable === false) return "Key: kept here, but encrypted with a key that is gone. Enter it anew.";
  if (known?.source === "settings") return `Key: set as ${known.setting}, which wins over one entered here.`;
  if (known?.source === "server" && known.saved_at !== null) {
    const end = known.ends_with === null ? "" : `, ends with ${known.ends_with}`;
    return `Key: on this server since ${toDay(known.saved_at)}${end}.`;
  }
  if (auth) return configured ? "Key: on this server." : "Key: none yet.";
  return "Key: none needed.";
}

interface RemoveDialogProps {
  readonly provider: ProviderInfo;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asked, since a key that is forgotten cannot be brought back. */
function RemoveDialog({ provider, isOpen, onClose }: RemoveDialogProps) {
  const title = titleOf(provider);
  async function remove(): Promise<void> {
    try {
      await removeFromServer(provider.name);
      notify({ text: `The key of ${title} is removed.` });
    } catch (error) {
      notify({ text: toReason(error), isFailure: true });
    }
    onClose();
  }
  return (
    <AskFirst
      isOpen={isOpen}
      onClose={onClose}
      title={`Remove the key of ${title}?`}
      about="Nobody who asks here can use it any more. It cannot be brought back: you would enter it again."
      no="Cancel"
      yes="Remove the key"
      onYes={() => void remove()}
    />
  );
}
