/** Many lists of whole numbers in one block of memory: an array for each list takes more than the list. */
export class NumberLists {
  #numbers: Int32Array = new Int32Array(1 << 14);
  #from: Int32Array = new Int32Array(1 << 10);
  #length = 0;

  /** How many lists there are. */
  get length(): number {
    return this.#length;
  }

  /** All numbers, one list after the other; another array once a list is added. */
  get numbers(): Int32Array {
    return this.#numbers;
  }

  /** List i stands from `from[i]` to `from[i + 1]`; another array once a list is added. */
  get from(): Int32Array {
    return this.#from;
  }

  add(list: readonly number[]): void {
    const begin = this.#from[this.#length] ?? 0;
    const end = begin + list.length;
    if (end > this.#numbers.length) this.#numbers = grown(this.#numbers, end);
    for (let at = 0; at < list.length; at += 1) this.#numbers[begin + at] = list[at] ?? 0;
    this.#length += 1;
    if (this.#length >= this.#from.length) this.#from = grown(this.#from, this.#length + 1);
    this.#from[this.#length] = end;
  }

  /** Adds a list in ascending order. */
  addSorted(list: readonly number[]): void {
    this.add(list);
    if (list.length > 1) this.at(this.#length - 1).sort();
  }

  /** A list; good until the next one is added. */
  at(index: number): Int32Array {
    return this.#numbers.subarray(this.#from[index] ?? 0, this.#from[index + 1] ?? 0);
  }
}

function grown(array: Int32Array, least: number): Int32Array {
  const longer = new Int32Array(Math.max(least, Math.ceil(array.length * 1.5)));
  longer.set(array);
  return longer;
}
