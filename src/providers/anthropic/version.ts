/** `claude-sonnet-4-5-20250929` → 4.5, `claude-3-7-sonnet` → 3.7; a name without a number is taken for a new model's. */
export function versionOf(model: string): number {
  const [, major, minor = "0"] = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d)(?!\d))?/.exec(model) ?? [];
  return major === undefined ? Infinity : Number(`${major}.${minor}`);
}
