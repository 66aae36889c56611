/**
 * Tells by 64 bits, in hexadecimal, whether a text is still the one that was kept: two multiplicative hashes (Fowler/Noll/Vo's
 * 1a, and Knuth's with a turn), a step for each UTF-16 code unit; a text that differs in one unit never has the same. For what nobody
 * has a reason to forge: caches, and files that were edited since. Commands that a person waits for need no cryptography then,
 * whose loading takes Node longer than all else that they do with a text.
 */
export function checksum(text: string): string {
  let left = 0x811c9dc5 ^ text.length;
  let right = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    left = Math.imul(left ^ unit, 0x01000193);
    right = Math.imul(((right << 5) | (right >>> 27)) ^ unit, 0x9e3779b1);
  }
  return `${hex(left)}${hex(right)}`;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
