import { useMutation } from "@tanstack/react-query";
import { toCount, toDuration } from "../parts/amounts.ts";
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
  const said = isPending || isOld ? "" : error ? toReason(error) : (data?.message ?? "");
  return (
    <div className="models-test">
      <Button disabled={isDisabled || isPending} onClick={() => mutate(tried)}>
        {isPending ? "Testing…" : "Test"}
      </Button>
      <p role="status" className={said === "" ? "models-works" : "wrong"}>
        {said}
        {!isPending &&
          !isOld &&
          data?.ok &&
          `It works: ${data.models === 1 ? "1 model" : `${toCount(data.models ?? 0)} models`}, ${toDuration(data.latency_ms)}.`}
      </p>
    </div>
  );
}
