/** Where the demo shows what it does. On a terminal a step is shown while it runs; piped, when it is done. */
export class Progress {
  readonly #note: (text: string) => void;
  readonly #live: ((text: string) => void) | undefined;

  /** @param live writes without a line end, on a terminal only */
  constructor(note: (text: string) => void, live: ((text: string) => void) | undefined) {
    this.#note = note;
    this.#live = live;
  }

  /** Runs a step; what it returns in `show` is printed below it, as the program said it. */
  async step<T>(
    title: string,
    work: () => Promise<{ readonly value: T; readonly show?: string }>,
  ): Promise<T> {
    const started = performance.now();
    this.#live?.(`  … ${title}`);
    const { value, show } = await work().finally(() => this.#live?.('\r\u001b[2K'));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    this.#note(`  ✓ ${title.padEnd(58)} ${seconds.padStart(4)} s`);
    if (show) this.#note(indent(show));
    return value;
  }

  heading(text: string): void {
    this.#note(`\n${text}`);
  }
}

function indent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
