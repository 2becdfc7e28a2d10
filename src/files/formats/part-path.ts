import { decodeStep } from "../../lib/percent.ts";

/** The member of a zip that a link within leads to; `source` is the member that holds it. It never leads out of the zip. */
export function resolvePartPath(link: string, source: string): string {
  const target = decodeStep(link);
  const path: string[] = target.startsWith("/") ? [] : source.split("/").slice(0, -1);
  for (const step of target.split("/")) {
    if (step === "..") path.pop();
    else if (step !== "" && step !== ".") path.push(step);
  }
  return path.join("/");
}
