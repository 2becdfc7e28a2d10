/**
 * Whether this machine has a program. Where it has not, what needs it is left out, and that is said; in CI it is a failure.
 *
 * @param what what is not tested without it
 * @param source Debian's package of it
 */
export function isInstalled(program: string, what: string, source = program): boolean {
  if (Bun.which(program)) return true;
  warnOfMissing(`${what}, because this machine has no ${program} (Debian: apt-get install ${source})`);
  return false;
}

export function warnOfMissing(what: string): void {
  const text = `NOT TESTED: ${what}`;
  if (process.env.CI) throw new Error(text);
  console.warn(text);
}
