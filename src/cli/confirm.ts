import { createInterface } from 'node:readline/promises';

/**
 * Asks a person at the terminal. Anything but y or yes is no, and so is a terminal that closes (Ctrl-D).
 * @throws what `signal` was aborted with; Ctrl-C aborts it
 */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The line editor takes the key; the program waits for the signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answered = terminal.question(question, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return '';
  });
  try {
    const answer = await Promise.race([answered, closed]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
