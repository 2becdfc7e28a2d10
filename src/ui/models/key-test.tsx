import { useMutation } from "@tanstack/react-query";
import type { ProviderTest } from "../../protocol/provider-keys.ts";
import { toCountOf, toDuration } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { testProvider } from "./provider-keys.ts";

export interface KeyTestProps {
  readonly provider: string;
  /** A key that is not kept yet; without it, the one that there is. */
  readonly tried?: string;
  readonly isDisabled?: boolean;
}

/** Asks the provider itself whether it answers, and says what came of it. */
export function KeyTest({ provider, tried, isDisabled = false }: KeyTestProps) {
  const { mutate, data, error, isPending, variables } = useMutation({
    mutationFn: (key: string | undefined) => testProvider(provider, key),
  });
  // What was said of another key says nothing of this one.
  const isOld = variables !== tried;
  const failure = error ? toReason(error) : (data?.message ?? "");
  const success = data?.ok ? toSuccess(data) : "";
  const said = isPending || isOld ? "" : failure || success;
  return (
    <div className="models-test">
      <Button disabled={isDisabled || isPending} onClick={() => mutate(tried)}>
        {isPending ? "Testing…" : "Test"}
      </Button>
      <p role="status" className={failure === "" ? "models-works" : "wrong"}>
        {said}
      </p>
    </div>
  );
}

function toSuccess({ models, latency_ms: latency }: ProviderTest): string {
  return `It works: ${toCountOf(models ?? 0, "model", "models")}, ${toDuration(latency)}.`;
}
