/** What a text in place of a switch means, in any case: nothing, `0` and `false` are no. */
export function isNo(text: string): boolean {
  return ["", "0", "false"].includes(text.trim().toLowerCase());
}

export function isYes(text: string): boolean {
  return ["1", "true"].includes(text.trim().toLowerCase());
}
