/** Is told of long work while it goes on, one part after the other. */
export interface Watch {
  /**
   * A part begins, and the one before it has ended.
   * @param label what is being done, such as `reading tickets`
   * @param total how many steps it has; 0 when nobody knows
   */
  begin(label: string, total: number): void;
  /** So many more steps are done. */
  advance(by?: number): void;
}

/** Who looks on while work goes on that may take long. */
export interface Onlookers {
  readonly watch?: Watch | undefined;
  /** When it is aborted before anything was changed, nothing is. */
  readonly signal?: AbortSignal | undefined;
}
