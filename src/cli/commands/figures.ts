export function padded(name: string, room: number): string {
  return shortened(name, room).padEnd(room);
}

export function shortened(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** `text` in lines of at most `width` characters, broken at spaces; a word that is longer is shortened. */
export function wrapped(text: string, width: number | undefined): string[] {
  if (width === undefined || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = shortened(lines.length === 0 ? word : `  ${word}`, width);
  }
  return [...lines, line];
}

/** How wide names may be beside `figures` characters of numbers and a bar of `bars`, where a terminal has room for one. */
export function tableRoom(
  names: readonly string[],
  width: number | undefined,
  { figures, bars }: { readonly figures: number; readonly bars: number },
): { readonly room: number; readonly bar: number } {
  const longest = Math.max(...names.map((name) => name.length));
  if (width === undefined) return { room: longest, bar: 0 };
  const bar = width < NARROW ? 0 : bars;
  return { room: Math.max(LEAST, Math.min(longest, width - figures - (bar === 0 ? 0 : bar + 2))), bar };
}

/** Below so many columns names need the room of the bars. */
const NARROW = 70;
const LEAST = 10;

/** Small sums need their digits, large ones do not. */
export function usd(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && Math.abs(amount) < 1 ? 4 : 2)}`;
}

export function tokens(amount: number): string {
  if (amount < 10_000) return String(amount);
  return amount < 10_000_000 ? `${(amount / 1e3).toFixed(1)}k` : `${(amount / 1e6).toFixed(1)}M`;
}

export function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}

export function is(amount: number): string {
  return amount === 1 ? 'is' : 'are';
}

/** A ledger may hold anything; names go to the terminal without control characters. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** A share from 0 to 1 as `42 %`; `-` when there is none. */
export function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** A share from 0 to 1 as a bar of `width` characters. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const whole = Math.floor(eighths / 8);
  return ('█'.repeat(whole) + (' ▏▎▍▌▋▊▉'[eighths % 8] ?? '').trim()).padEnd(width);
}
