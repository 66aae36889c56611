import path from 'node:path';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { withBaseCopy } from './base-copy.ts';
import type { ChangedFile } from './changed-file.ts';
import { runGateCommand } from './command.ts';
import { topLevel } from './repository.ts';
import { setUpCopy } from './set-up.ts';
import { withReport } from './test-report.ts';
import type { TestResults } from './test-results.ts';
import { codeTreeOf } from './tree.ts';
import type { Work } from './work.ts';

/** What a command did on another state of the code than the worktree's. */
export interface OtherRun {
  readonly exitCode: number | null;
  readonly output: string;
  readonly outputSha256: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly trouble: string | undefined;
  /** Folders whose paths its output may name. */
  readonly roots: readonly string[];
  /** What the report of the tests says, where one is configured. */
  readonly report?: TestResults;
}

/** Beginning and end of the output that a cached base run keeps, in characters. */
const CACHED_OUTPUT = 1024 * 1024;

/**
 * What a command does on the ticket's base commit. It is run once for a base and a command: `.backlog-ops/cache/` keeps it.
 * A run that could not start or end is not kept.
 */
export async function runOnBase(work: Work, command: string): Promise<OtherRun> {
  const tree = await codeTreeOf(work.place, work.claim.base_commit, work.books);
  const key = sha256(JSON.stringify([tree, work.books.prefix, command, ...reportOf(work, command)]));
  const file = path.join(work.call.paths.opsDir, 'cache', `base-${key}.json`);
  const cached = readRun(readTextIfExists(file));
  if (cached !== undefined) return cached;
  work.call.note(`running \`${command}\` on the base commit, to know what fails there anyway`);
  const run = await runInCopy(work, command);
  if (run.trouble === undefined)
    writeFileAtomic(file, `${JSON.stringify({ v: 1, command, ...run, output: shortened(run.output) })}\n`);
  return run;
}

/** Runs a command on the base commit with files of a code tree laid over it. */
export async function runInCopy(
  work: Work,
  command: string,
  overlay?: { readonly tree: string; readonly files: readonly ChangedFile[] },
): Promise<OtherRun> {
  const { call, place, claim, config, books } = work;
  const main = await topLevel(call.paths.mainRoot, call.env, call.facts);
  const options = {
    commit: claim.base_commit,
    dependenciesFrom: [place.worktree, main],
    ...(overlay === undefined ? {} : { overlay }),
  };
  return withBaseCopy(place, options, async (copy) => {
    const root = path.join(copy.worktree, books.prefix);
    const failed = await setUpCopy(call, { copy, root, config });
    if (failed !== undefined) return { ...failed, roots: [root] };
    const run = await withReport(config, root, command, () => runGateCommand(call, command, root));
    return { ...run, roots: rootsOf(copy.worktree, books.prefix) };
  });
}

/** What else a cached run of the tests depends on. */
function reportOf({ config }: Work, command: string): string[] {
  const { testCommand, testReport } = config.qualityGates;
  return command === testCommand && testReport !== undefined ? [testReport] : [];
}

/** The folders that output may name, longest first, so that the project's own is taken out before the worktree's. */
export function rootsOf(worktree: string, prefix: string): string[] {
  return [...new Set([path.join(worktree, prefix), worktree])].map((root) => root.replace(/\/$/, ''));
}

function shortened(output: string): string {
  if (output.length <= 2 * CACHED_OUTPUT) return output;
  return `${output.slice(0, CACHED_OUTPUT)}\n…\n${output.slice(-CACHED_OUTPUT)}`;
}

/** A cached run; anything that is not one is run again. */
function readRun(text: string | undefined): OtherRun | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' ? { ...value } : {};
  const { exitCode, output, outputSha256, startedAt, durationMs, roots, report } = fields;
  if (
    typeof exitCode !== 'number' ||
    typeof output !== 'string' ||
    typeof outputSha256 !== 'string' ||
    typeof startedAt !== 'string' ||
    typeof durationMs !== 'number' ||
    !Array.isArray(roots)
  )
    return undefined;
  return {
    exitCode,
    output,
    outputSha256,
    startedAt,
    durationMs,
    trouble: undefined,
    roots: roots.map(String),
    ...(isResults(report) ? { report } : {}),
  };
}

function isResults(value: unknown): value is TestResults {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return Array.isArray(fields.failed) && (fields.passed === null || typeof fields.passed === 'number');
}
