/** Variables that an address still waits for: `https://api.example/{EXAMPLE_ACCOUNT}/v1`. */
export function addressGaps(address: string): string[] {
  return [...address.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}
