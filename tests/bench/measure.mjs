// Whole processes, started from outside: a command and its floor run in turn (A B A B …), so that a drifting machine
// slows both. The ratio is taken pair by pair; the median of the pairs is what is printed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const peakHook = path.join(path.dirname(fileURLToPath(import.meta.url)), 'peak.cjs');

/**
 * @typedef {{ command: string[], cwd: string, env: NodeJS.ProcessEnv, input?: string, exitCode?: number }} Run
 * @typedef {{ name: string, what: Run, floorName: string, floor: Run, limit?: number, runs?: number }} Figure
 * @typedef {{ name: string, ms: number, floorName: string, floorMs: number, ratio: number, limit?: number | undefined }} Row
 */

/** Wall time of one run, in ms. @param {Run} run */
function time(run) {
  const [program = '', ...args] = run.command;
  const start = process.hrtime.bigint();
  const result = spawnSync(program, args, {
    cwd: run.cwd,
    env: run.env,
    input: run.input ?? '',
    maxBuffer: 1 << 28,
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (result.error) throw result.error;
  // A fast failure is no figure.
  if (result.status !== (run.exitCode ?? 0)) {
    throw new Error(`${run.command.join(' ')} exited ${result.status}:\n${result.stdout}${result.stderr}`);
  }
  return ms;
}

/** @param {Figure} figure @returns {Row} */
export function measure(figure) {
  const runs = figure.runs ?? 15;
  for (let warmUp = 0; warmUp < 2; warmUp += 1) {
    time(figure.what);
    time(figure.floor);
  }
  const pairs = Array.from({ length: runs }, () => ({ ms: time(figure.what), floorMs: time(figure.floor) }));
  return {
    name: figure.name,
    ms: median(pairs.map((pair) => pair.ms)),
    floorName: figure.floorName,
    floorMs: median(pairs.map((pair) => pair.floorMs)),
    ratio: median(pairs.map((pair) => pair.ms / pair.floorMs)),
    limit: figure.limit,
  };
}

/** Peak memory of one run, in MiB. @param {Run} run @param {string} file where the figure passes through */
export function peakMemory(run, file) {
  time({ ...run, env: { ...run.env, NODE_OPTIONS: `--require ${peakHook}`, BENCH_PEAK_FILE: file } });
  return Number(readFileSync(file, 'utf8')) / 1024;
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
