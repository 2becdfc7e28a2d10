/** Whether a host, as an address or a `Host` header without its port spells it, is this machine (RFC 6761 §6.3). */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|[\w-]+(\.[\w-]+)*\.localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i.test(host);
}
