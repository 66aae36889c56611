/** The integer unit of money here: 10⁻¹² USD, far below a token's price. */
const UNITS = 1e12;
/** Units that are carried over: 1000 USD, so that both parts stay whole numbers that a double holds exactly. */
const CARRY = 1e15;

/** A sum of USD that is exact in units of 10⁻¹², whatever the number and order of what is added and taken away. */
export class Money {
  #carried: number;
  #units: number;

  constructor([carried, units]: readonly [number, number] = [0, 0]) {
    this.#carried = carried;
    this.#units = units;
  }

  add(usd: number): void {
    this.#take(Math.round(usd * UNITS));
  }

  subtract(usd: number): void {
    this.#take(-Math.round(usd * UNITS));
  }

  /** Adds another sum. */
  plus(other: Money): void {
    this.#carried += other.#carried;
    this.#take(other.#units);
  }

  get usd(): number {
    return this.#carried * (CARRY / UNITS) + this.#units / UNITS;
  }

  /** What the constructor takes. */
  parts(): [number, number] {
    return [this.#carried, this.#units];
  }

  #take(units: number): void {
    this.#units += units;
    if (this.#units < CARRY && this.#units > -CARRY) return;
    const carry = Math.trunc(this.#units / CARRY);
    this.#carried += carry;
    this.#units -= carry * CARRY;
  }
}
