/** Each bucket's upper end is this much above its lower one, so a percentile is off by 1 % at most. */
const RATIO = 1.02;
const WIDTH = Math.log(RATIO);
/** The last bucket begins above 180 hours, in ms. */
const BUCKETS = 1024;

/** Durations in ms, as counts in buckets: any number of them takes 4 kB. */
export class Histogram {
  #counts: Uint32Array | undefined;
  #sum = 0;
  #measured = 0;

  /** @param sign -1 takes a duration away that was added */
  add(ms: number, sign: 1 | -1 = 1): void {
    this.#counts ??= new Uint32Array(BUCKETS);
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + sign;
    this.#sum += sign * ms;
    this.#measured += sign;
  }

  /** How many durations there are. */
  get measured(): number {
    return this.#measured;
  }

  /** Of those that were measured; `null` without any. Whole ms. */
  average(): number | null {
    return this.#measured === 0 ? null : Math.round(this.#sum / this.#measured);
  }

  /**
   * The duration that the share `rank` (0 to 1) of all does not exceed, whole ms; `null` without any.
   */
  percentile(rank: number): number | null {
    if (this.#counts === undefined || this.#measured === 0) return null;
    let left = Math.max(1, Math.ceil(rank * this.#measured));
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }
}

/** 0 for less than 1 ms. */
function bucketOf(ms: number): number {
  return ms < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(ms) / WIDTH));
}

function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : Math.round(Math.exp((bucket - 0.5) * WIDTH));
}
