/**
 * What a page of the documentation shows, as programs: its blocks are one, each with names of its own, and what begins anew
 * with an import is another.
 */
export function programsOf(name: string, page: string, origin: string): Record<string, string> {
  const programs: string[] = [];
  for (const [, code = ""] of page.replaceAll("http://127.0.0.1:7337", origin).matchAll(/^```ts\n([\s\S]*?)^```$/gm))
    if (code.startsWith("import")) programs.push(code);
    else programs[programs.length - 1] += `{\n${code}}\n`;
  return Object.fromEntries(programs.map((program, index) => [`${name}-${index + 1}.ts`, program]));
}
