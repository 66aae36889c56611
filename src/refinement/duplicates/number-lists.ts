/** Numbers that one block of memory holds. */
const BLOCK = 1 << 16;

/** Many lists of whole numbers in a few blocks of memory: an array for each list takes more than the list. */
export class NumberLists {
  /** What was added before the lists were last read, together. */
  #numbers: Int32Array = new Int32Array(0);
  /** What was added since. */
  #blocks: Int32Array[] = [];
  #block: Int32Array = new Int32Array(0);
  #inBlock = 0;
  /** List i stands from `#from[i]` to `#from[i + 1]`. */
  readonly #from: number[] = [0];
  #end = 0;
  readonly #sorting = new Int32Array(1 << 11);

  /** How many lists there are. */
  get length(): number {
    return this.#from.length - 1;
  }

  add(list: ArrayLike<number>): void {
    for (let at = 0; at < list.length; at += 1) {
      if (this.#inBlock === this.#block.length) {
        this.#block = new Int32Array(BLOCK);
        this.#blocks.push(this.#block);
        this.#inBlock = 0;
      }
      this.#block[this.#inBlock] = list[at] ?? 0;
      this.#inBlock += 1;
    }
    this.#end += list.length;
    this.#from.push(this.#end);
  }

  /** Adds a list in ascending order. */
  addSorted(list: readonly number[]): void {
    if (list.length > this.#sorting.length) this.add(Int32Array.from(list).sort());
    else {
      this.#sorting.set(list);
      this.add(this.#sorting.subarray(0, list.length).sort());
    }
  }

  /** A list; good until the next one is added. */
  at(index: number): Int32Array {
    return this.numbers().subarray(this.begin(index), this.begin(index + 1));
  }

  /** Where a list begins in {@link numbers}; it ends where the next one begins. */
  begin(index: number): number {
    return this.#from[index] ?? this.#end;
  }

  /** All numbers, one list after the other. */
  numbers(): Int32Array {
    if (this.#blocks.length === 0) return this.#numbers;
    const together = new Int32Array(this.#end);
    together.set(this.#numbers);
    let at = this.#numbers.length;
    for (const block of this.#blocks) {
      together.set(block.subarray(0, this.#end - at), at);
      at += block.length;
    }
    this.#numbers = together;
    this.#blocks = [];
    this.#block = new Int32Array(0);
    this.#inBlock = 0;
    return together;
  }
}
