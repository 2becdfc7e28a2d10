/** A map that holds so many entries at most, and lets go of those that were set longest ago: for keys from outside. */
export class BoundedMap<K, V> extends Map<K, V> {
  constructor(private readonly limit: number) {
    super();
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    const [oldest] = this.size > this.limit ? this.keys().take(1) : [];
    if (oldest !== undefined) this.delete(oldest);
    return this;
  }
}
