/** From the least to the most. */
const scale = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** What models know of it, by their names: the first that fits. Of others nothing is known. */
const families: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^gpt-5-pro/, ["high"]],
  [/^gpt-5(-\d{4}|-mini|-nano|$)/, ["minimal", "low", "medium", "high"]],
  [/^(o\d|gpt-5-codex)/, ["low", "medium", "high"]],
  [/^gpt-5\.1-codex-max/, ["low", "medium", "high", "xhigh"]],
  [/^gpt-5\.1-codex/, ["low", "medium", "high"]],
  [/^gpt-5\.1/, ["none", "low", "medium", "high"]],
  [/^gpt-5\.[2-5](?!\d)/, ["none", "low", "medium", "high", "xhigh"]],
  [/^gpt-(5\.|[6-9])/, ["none", "low", "medium", "high", "xhigh", "max"]],
];

/**
 * https://developers.openai.com/api/docs/guides/reasoning: a model refuses what it does not know, and callers say what they
 * want of any. So it is asked for the nearest that it knows, and of two for the more.
 */
export function toKnownEffort(model: string, effort: string): string {
  const known = families.find(([pattern]) => pattern.test(model))?.[1] ?? [];
  const place = scale.indexOf(effort);
  if (place === -1 || known.length === 0 || known.includes(effort)) return effort;
  const distance = (each: string) => Math.abs(scale.indexOf(each) - place);
  return known.reduce((nearest, each) => (distance(each) <= distance(nearest) ? each : nearest));
}
