import { isParleyError } from "../../../client/index.ts";
import { Button } from "./button.tsx";

/** What went wrong, in the server's words, which name the cure. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  return (
    <div className="failure" role="alert">
      <p>{toReason(error)}</p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

export function toReason(error: unknown): string {
  if (isParleyError(error) && error.code === "connection_failed")
    return "The server cannot be reached. Is it running, and is this device online?";
  return error instanceof Error ? error.message : String(error);
}
