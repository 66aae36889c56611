/** The ids of a record that say which request it is about. */
export interface RecordIds {
  readonly request_id: string | null;
  readonly message_id: string | null;
  readonly id: string;
}

type Kind = keyof RecordIds;

/** The lines of a request before the one that was taken in. */
export interface EarlierLines {
  /** Position of the request's first line, by which it can be known. */
  readonly first: number;
  /** Positions of all of them, oldest first: worked out as they are asked for, as a request may have thousands. */
  positions(): readonly number[];
}

/**
 * Finds the earlier lines of a request: same `request_id`, else same `message_id`, else same `id`; two different request ids
 * are two requests. Of each line it keeps its position and 32 bits of each of its ids, about 50 bytes in all; whether ids are
 * really equal is read up in the ledger, so the answer is exact and a million lines take some 50 MB.
 */
export class RequestIndex {
  readonly #idsAt: (position: number) => RecordIds | undefined;
  #table = new Uint32Array(2 * 4096);
  #keys = 0;
  #count = 0;
  #positions = new Float64Array(1024);
  /** Of a request's first line: its newest line + 1, 0 for itself. Of any other: the first line + 1. */
  #other = new Uint32Array(1024);
  /** The request's line before this one + 1; 0 for the first. */
  #before = new Uint32Array(1024);
  #hasRequestId = new Uint8Array(1024);

  /** @param idsAt reads the ids of the line at a position */
  constructor(idsAt: (position: number) => RecordIds | undefined, expectedLines = 0) {
    this.#idsAt = idsAt;
    if (expectedLines > 1024) this.#growLines(expectedLines);
    while (this.#table.length / 2 < (expectedLines * 3) / MOST_FULL)
      this.#table = new Uint32Array(this.#table.length * 2);
  }

  /**
   * Takes a line in.
   * @returns the request's earlier lines; `undefined` when it is the first
   */
  add(ids: RecordIds, position: number): EarlierLines | undefined {
    if ((this.#keys + 3) * 2 > this.#table.length * MOST_FULL) this.#growTable();
    if (this.#count === this.#positions.length) this.#growLines(Math.max(1024, this.#count * 2));
    const line = this.#count;
    this.#count += 1;
    this.#positions[line] = position;
    const { request_id, message_id, id } = ids;
    // All three first: the processor then fetches their places in the table, which lie anywhere in memory, at one time.
    const requestKey = request_id === null ? 0 : hash('request_id', request_id);
    const messageKey = message_id === null ? 0 : hash('message_id', message_id);
    const ownKey = hash('id', id);
    const request = request_id === null ? -1 : this.#findAndPut('request_id', request_id, requestKey, line);
    const message = message_id === null ? -1 : this.#findAndPut('message_id', message_id, messageKey, line);
    const own = this.#findAndPut('id', id, ownKey, line);
    if (request < 0 && message < 0 && own < 0) {
      if (request_id !== null) this.#hasRequestId[line] = 1;
      return undefined;
    }
    // What is found by another id than its request id is another request when both have one, which then differ.
    const fits = (found: number) =>
      found >= 0 && !(request_id !== null && this.#hasRequestId[this.#rootOf(found)]);
    const known = request >= 0 ? request : fits(message) ? message : fits(own) ? own : -1;
    const root = known < 0 ? line : this.#rootOf(known);
    if (request_id !== null) this.#hasRequestId[root] = 1;
    return known < 0 ? undefined : this.#chain(root, line);
  }

  get lines(): number {
    return this.#count;
  }

  /** Whether the table has room for far more lines than `lines`. */
  isRoomyFor(lines: number): boolean {
    return this.#table.length > 2 * 8 * lines;
  }

  /** The index as bytes for {@link RequestIndex.restore}, some 50 a line, in this machine's byte order. */
  save(): Buffer {
    const count = this.#count;
    const head = Float64Array.of(count, this.#keys, this.#table.length);
    return Buffer.concat(
      [
        head,
        this.#positions.subarray(0, count),
        this.#table,
        this.#other.subarray(0, count),
        this.#before.subarray(0, count),
        this.#hasRequestId.subarray(0, count),
      ].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    );
  }

  /** Whether these bytes can be restored: their length is what they say. */
  static isSaved(saved: Uint8Array): boolean {
    if (saved.length < 24) return false;
    const [count = 0, , slots = 0] = new Float64Array(new Uint8Array(saved.subarray(0, 24)).buffer);
    return saved.length === 24 + 17 * count + 4 * slots && slots > 0 && Number.isInteger(Math.log2(slots));
  }

  /** An index of what was saved; only for bytes that {@link RequestIndex.isSaved}. */
  static restore(idsAt: (position: number) => RecordIds | undefined, saved: Uint8Array): RequestIndex {
    const { buffer } = new Uint8Array(saved);
    const [count = 0, keys = 0, slots = 0] = new Float64Array(buffer, 0, 3);
    const index = new RequestIndex(idsAt);
    let at = 24;
    const next = (bytes: number) => {
      at += bytes;
      return at - bytes;
    };
    index.#positions = new Float64Array(buffer, next(8 * count), count);
    index.#table = new Uint32Array(buffer, next(4 * slots), slots);
    index.#other = new Uint32Array(buffer, next(4 * count), count);
    index.#before = new Uint32Array(buffer, next(4 * count), count);
    index.#hasRequestId = new Uint8Array(buffer, next(count), count);
    index.#count = count;
    index.#keys = keys;
    return index;
  }

  /** An index of the newest `most` lines only, and of the older ones of their requests. */
  newest(most: number): RequestIndex {
    const kept = new Map<number, number>();
    for (const line of this.#newest(most)) kept.set(line, kept.size);
    const number = (link: number) => (link === 0 ? 0 : (kept.get(link - 1) ?? -1) + 1);
    const index = new RequestIndex(this.#idsAt, kept.size);
    for (const [line, to] of kept) {
      index.#positions[to] = this.#positions[line] ?? 0;
      index.#other[to] = number(this.#other[line] ?? 0);
      index.#before[to] = number(this.#before[line] ?? 0);
      index.#hasRequestId[to] = this.#hasRequestId[line] ?? 0;
    }
    index.#count = kept.size;
    for (let at = 0; at < this.#table.length; at += 2) {
      const link = number(this.#table[at + 1] ?? 0);
      if (link !== 0) index.#put(this.#table[at] ?? 0, link - 1);
    }
    return index;
  }

  /** Ascending, each with all lines of its request before it. */
  #newest(most: number): number[] {
    const lines = new Set<number>();
    for (let line = Math.max(0, this.#count - most); line < this.#count; line += 1)
      for (let at = line + 1; at !== 0 && !lines.has(at - 1); at = this.#before[at - 1] ?? 0)
        lines.add(at - 1);
    return [...lines].sort((a, b) => a - b);
  }

  /** Links `line` behind its request's newest line. */
  #chain(root: number, line: number): EarlierLines {
    const newest = (this.#other[root] ?? 0) === 0 ? root : (this.#other[root] ?? 1) - 1;
    this.#before[line] = newest + 1;
    this.#other[line] = root + 1;
    this.#other[root] = line + 1;
    return { first: this.#positions[root] ?? 0, positions: () => this.#upTo(newest) };
  }

  /** Positions of a request's lines up to this one, oldest first. */
  #upTo(newest: number): readonly number[] {
    const positions: number[] = [];
    for (let at = newest + 1; at !== 0; at = this.#before[at - 1] ?? 0)
      positions.push(this.#positions[at - 1] ?? 0);
    return positions.reverse();
  }

  #rootOf(line: number): number {
    return (this.#before[line] ?? 0) === 0 ? line : (this.#other[line] ?? 1) - 1;
  }

  /**
   * Puts `line` under this id, in place of the newest line that has it: an id keeps one place, however often it comes.
   * @returns the line that had it, or -1
   */
  #findAndPut(kind: Kind, id: string, key: number, line: number): number {
    const table = this.#table;
    const mask = table.length / 2 - 1;
    let found = -1;
    let place = -1;
    let slot = key & mask;
    for (; table[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (table[2 * slot] !== key) continue;
      const other = (table[2 * slot + 1] ?? 1) - 1;
      if (other > found && this.#idsAt(this.#positions[other] ?? 0)?.[kind] === id)
        [found, place] = [other, slot];
    }
    if (place === -1) {
      place = slot;
      this.#keys += 1;
    }
    table[2 * place] = key;
    table[2 * place + 1] = line + 1;
    return found;
  }

  #put(key: number, line: number): void {
    const table = this.#table;
    const mask = table.length / 2 - 1;
    let slot = key & mask;
    while (table[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    table[2 * slot] = key;
    table[2 * slot + 1] = line + 1;
    this.#keys += 1;
  }

  #growTable(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    this.#keys = 0;
    for (let at = 0; at < old.length; at += 2)
      if (old[at + 1]) this.#put(old[at] ?? 0, (old[at + 1] ?? 1) - 1);
  }

  #growLines(length: number): void {
    const longer = <T extends Float64Array | Uint32Array | Uint8Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#positions = longer(new Float64Array(length), this.#positions);
    this.#other = longer(new Uint32Array(length), this.#other);
    this.#before = longer(new Uint32Array(length), this.#before);
    this.#hasRequestId = longer(new Uint8Array(length), this.#hasRequestId);
  }
}

const MOST_FULL = 0.8;

/** FNV-like multiply-and-xor with a final mix. No cryptography is needed: equal hashes are compared by their ids. */
function hash(kind: Kind, text: string): number {
  let value = seeds[kind];
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) ^ (value >>> 15);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const seeds: Readonly<Record<Kind, number>> = {
  request_id: 0x811c9dc5,
  message_id: 0x2f0b4c47,
  id: 0x5bd1e995,
};
