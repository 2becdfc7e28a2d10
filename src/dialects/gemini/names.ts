/** What holds names of the caller's own, which are as they are. */
const untouched = new Set([
  "args",
  "response",
  "parameters",
  "parametersJsonSchema",
  "responseSchema",
  "responseJsonSchema",
]);

/**
 * The same with `systemInstruction` for `system_instruction`, as the owner of this API takes both:
 * https://protobuf.dev/programming-guides/json/
 */
export function withCamelNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  // What is spelled so already, which is nearly all, is not built anew.
  if (Array.isArray(value)) {
    const members = value.map(withCamelNames);
    return members.every((member, index) => member === value[index]) ? value : members;
  }
  let isSame = true;
  const entries = Object.entries(value).map(([name, member]) => {
    const camel = toCamel(name);
    const named = untouched.has(camel) ? member : withCamelNames(member);
    isSame &&= camel === name && named === member;
    return [camel, named];
  });
  return isSame ? value : Object.fromEntries(entries);
}

export function toCamel(name: string): string {
  if (!name.includes("_")) return name;
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
