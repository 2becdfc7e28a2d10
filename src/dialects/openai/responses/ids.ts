/**
 * The ids of a response and its items, made of the run that answers: who has one of them finds the others, and whoever
 * reads an answer again reads the same ids.
 */
const pattern = /^(resp|msg|fc|fco|rs)_([\w-]{22})(?:_i?\d{1,7})?$/;

/** `run_x` → `resp_x`. */
export function toResponseId(runId: string): string {
  return `resp_${runId.slice("run_".length)}`;
}

/** Of a response, or of one of its items; `undefined` where the id is none of ours. */
export function runIdOf(id: string): string | undefined {
  const core = pattern.exec(id)?.[2];
  return core && `run_${core}`;
}

/** The id of an item of its output. */
export function outputItemId(prefix: "msg" | "fc" | "rs" | "call", responseId: string, index: number): string {
  return `${prefix}${responseId.slice("resp".length)}_${index}`;
}

/** The id of an item of its input. */
export function inputItemId(type: string, responseId: string, index: number): string {
  return `${prefixes[type] ?? "msg"}${responseId.slice("resp".length)}_i${index}`;
}

const prefixes: Readonly<Record<string, string>> = {
  function_call: "fc",
  function_call_output: "fco",
  reasoning: "rs",
};
