import { Worker } from 'node:worker_threads';

/** Longest that one pattern may take for all lines, in ms. */
const TIMEOUT_MS = 5_000;
/** A longer line is looked at up to here. */
const MAX_LINE = 100_000;

const program = `
const { parentPort, workerData } = require('node:worker_threads');
const pattern = new RegExp(workerData.pattern);
parentPort.postMessage(workerData.lines.flatMap((line, index) => (pattern.test(line) ? [index] : [])));
`;

/**
 * Indexes of the lines that match a user's regular expression. It runs in a thread of its own: a pattern that goes back over
 * and over (`(a+)+$`) is ended, and holds up nobody.
 * @returns `undefined` when it took too long
 */
export function matchingLines(
  pattern: string,
  lines: readonly string[],
  timeoutMs: number = TIMEOUT_MS,
): Promise<readonly number[] | undefined> {
  const workerData = { pattern, lines: lines.map((line) => line.slice(0, MAX_LINE)) };
  const worker = new Worker(program, { eval: true, workerData, env: {}, stdin: false });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(undefined), timeoutMs);
    const end = (found: readonly number[] | undefined): void => {
      clearTimeout(timer);
      worker.terminate().then(() => resolve(found), reject);
    };
    worker.once('message', end);
    worker.once('error', reject);
  });
}
