export function padded(name: string, room: number): string {
  return shortened(name, room).padEnd(room);
}

export function shortened(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

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
