/** `gemini-2.5-flash` → 2.5; a name without a number, such as `gemini-flash-latest`, is a new model's. */
export function versionOf(model: string): number {
  return Number(/gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? Infinity);
}

/** Models that draw, film, speak or listen refuse to be told how to think, and so do Gemma and those before 2.5. */
export function canThink(model: string): boolean {
  return (
    /gemini/.test(model) &&
    versionOf(model) >= 2.5 &&
    !/-(image|nano-banana|omni|tts|transcribe|audio|live|embedding)/.test(model)
  );
}
