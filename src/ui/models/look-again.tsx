import { Button } from "../parts/button.tsx";
import { notify } from "../parts/toast.tsx";
import { queries } from "../state/queries.ts";
import { lookAgain } from "./provider-keys.ts";

/** Reads anew what the server has found, and says what came of it: the server looks by itself, every half minute. */
export function LookAgain() {
  return <Button onClick={() => void look()}>Look again</Button>;
}

async function look(): Promise<void> {
  const before = countModels();
  await lookAgain();
  const more = countModels() - before;
  if (more > 0) notify({ text: more === 1 ? "One more model is there." : `${more} more models are there.` });
  else notify({ text: "Nothing new yet. What was started just now is found within half a minute." });
}

function countModels(): number {
  return queries.getQueryData<readonly unknown[]>(["models"])?.length ?? 0;
}
