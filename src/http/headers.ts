/** A header by its name with `-`; the spelling with `_` means the same, as some clients and proxies write it. */
export function header(request: Request, name: string): string | undefined {
  return request.headers.get(name) ?? request.headers.get(name.replaceAll("-", "_")) ?? undefined;
}
