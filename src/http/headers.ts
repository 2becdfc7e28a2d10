/** The subprotocols that a WebSocket's client offers (RFC 6455 §11.3.4). */
export function offeredProtocols(request: Request): string[] {
  const given = header(request, "sec-websocket-protocol") ?? "";
  return given
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** A header by its name with `-`; the spelling with `_` means the same, as some clients and proxies write it. */
export function header(request: Request, name: string): string | undefined {
  const given = request.headers.get(name);
  if (given !== null || !name.includes("-")) return given ?? undefined;
  return request.headers.get(name.replaceAll("-", "_")) ?? undefined;
}
