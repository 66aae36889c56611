/** The ids of a record that say which request it is about. */
export interface RecordIds {
  readonly request_id: string | null;
  readonly message_id: string | null;
  readonly id: string;
}

/**
 * Tells which records are about the same request: same `request_id`, else same `message_id`, else same `id`; two different
 * request ids are two requests. Keeps 64-bit hashes and no texts, so a million records take some 60 MB.
 */
export class RequestIndex {
  #keys = new HashTable();
  #hasRequestId = new Uint8Array(1024);
  #records = new Uint32Array(1024);
  #count = 0;

  /** The request's number, from 0 up, in the order in which requests first come. */
  add(ids: RecordIds): number {
    const request = ids.request_id === null ? undefined : hash(`r${ids.request_id}`);
    const message = ids.message_id === null ? undefined : hash(`m${ids.message_id}`);
    const own = hash(`i${ids.id}`);
    const known =
      (request && this.#keys.get(request)) ??
      this.#sameUnless(message, request) ??
      this.#sameUnless(own, request);
    const number = known ?? this.addUnnamed(0);
    if (request) this.#hasRequestId[number] = 1;
    this.#records[number] = (this.#records[number] ?? 0) + 1;
    for (const key of [request, message, own]) if (key) this.#keys.set(key, number);
    return number;
  }

  /** A request that nothing else can be about. */
  addUnnamed(records = 1): number {
    const number = this.#count;
    this.#count += 1;
    if (this.#count > this.#records.length) this.#grow();
    this.#records[number] = records;
    return number;
  }

  /** How many records are about this request. */
  recordsOf(number: number): number {
    return this.#records[number] ?? 0;
  }

  /** The request under `key`, unless both it and the new record have request ids, which then differ. */
  #sameUnless(key: Hash | undefined, request: Hash | undefined): number | undefined {
    const found = key && this.#keys.get(key);
    return found !== undefined && request && this.#hasRequestId[found] ? undefined : found;
  }

  #grow(): void {
    const records = new Uint32Array(this.#records.length * 2);
    records.set(this.#records);
    this.#records = records;
    const flags = new Uint8Array(records.length);
    flags.set(this.#hasRequestId);
    this.#hasRequestId = flags;
  }
}

type Hash = readonly [high: number, low: number];

/** Open addressing over typed arrays: 12 bytes a slot. A `value` of 0 is an empty slot. */
class HashTable {
  #high = new Uint32Array(4096);
  #low = new Uint32Array(4096);
  #value = new Uint32Array(4096);
  #size = 0;

  get(key: Hash): number | undefined {
    const value = this.#value[this.#slot(key)];
    return value ? value - 1 : undefined;
  }

  set(key: Hash, value: number): void {
    if (this.#size >= this.#value.length * 0.75) this.#grow();
    const slot = this.#slot(key);
    if (this.#value[slot] === 0) this.#size += 1;
    this.#high[slot] = key[0];
    this.#low[slot] = key[1];
    this.#value[slot] = value + 1;
  }

  #slot([high, low]: Hash): number {
    const mask = this.#value.length - 1;
    let slot = low & mask;
    while (this.#value[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high))
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [high, low, value] = [this.#high, this.#low, this.#value];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    this.#value = new Uint32Array(high.length * 2);
    this.#size = 0;
    for (let slot = 0; slot < value.length; slot += 1)
      if (value[slot]) this.set([high[slot] ?? 0, low[slot] ?? 0], (value[slot] ?? 1) - 1);
  }
}

/** Two 32-bit multiply-and-shift hashes with different seeds; no cryptography is needed against one's own ledger. */
function hash(text: string): Hash {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return [high >>> 0, low >>> 0];
}
