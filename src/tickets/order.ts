const words = new Intl.Collator('en', { numeric: true });

/** Ids as people count: `FEAT-9` before `FEAT-10`. Most pairs of a backlog differ in the number alone, which costs no collation. */
export function compareIds(a: string, b: string): number {
  const at = a.lastIndexOf('-') + 1;
  if (at === b.lastIndexOf('-') + 1 && isNumber(a, at) && isNumber(b, at) && a.startsWith(b.slice(0, at)))
    return Number(a.slice(at)) - Number(b.slice(at));
  return words.compare(a, b);
}

/** Digits from `at` to the end, few enough to be exact. */
function isNumber(id: string, at: number): boolean {
  if (at === 0 || at === id.length || id.length - at > 15) return false;
  for (let index = at; index < id.length; index += 1) {
    const code = id.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
