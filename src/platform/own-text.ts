/**
 * A copy whose strings are its own. Parts of a text that was read, and sentences with such parts in them, would keep the whole text
 * in memory for as long as they are used.
 * @param value what JSON can hold; keys without a value are left out
 */
export function ownText<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
