import type { ProviderInfo } from "../../protocol/models.ts";
import { Button } from "../parts/button.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { titleOf } from "./entries.ts";
import { useModelPreferences, withdraw } from "./preferences.ts";

/** Where somebody has agreed to ask a public provider: what that means, and the way back. */
export function Agreement({ provider }: { readonly provider: ProviderInfo }) {
  const { name } = provider;
  const isAgreed = useModelPreferences(({ agreed }) => agreed.includes(name));
  if (!isAgreed) return null;
  function stop(): void {
    withdraw(name);
    const { choice } = useAskOptions.getState();
    if (choice.provider === name) useAskOptions.setState({ choice: {} });
  }
  return (
    <div className="models-key">
      <p>Public: what you ask it leaves this machine, without an account.</p>
      <Button aria-label={`Stop using ${titleOf(provider)}`} onClick={stop}>
        Stop using
      </Button>
    </div>
  );
}
