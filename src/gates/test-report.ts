import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { matchesGlob } from '../platform/globs.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { CommandRun } from './command.ts';
import { readJunit, together } from './junit.ts';
import type { TestResults } from './test-results.ts';

/** A clock of a file system may be this much behind, in ms. */
const CLOCK_SLACK = 2_000;
const MAX_FILES = 2_000;
const MAX_ENTRIES = 200_000;

/** A run of the tests, and what its report says where one is configured. */
export type ReportedRun<Run> = Run & { readonly report?: TestResults };

/**
 * Runs the test command in a folder and reads the report that it writes there. Only files of this run count: an older report
 * says nothing of the code as it is.
 */
export async function withReport<Run extends Pick<CommandRun, 'trouble' | 'exitCode'>>(
  config: Pick<BacklogConfig, 'qualityGates'>,
  root: string,
  command: string,
  run: () => Promise<Run>,
): Promise<ReportedRun<Run>> {
  const { testReport, testCommand } = config.qualityGates;
  if (testReport === undefined || command !== testCommand) return run();
  const since = Date.now() - CLOCK_SLACK;
  const done = await run();
  const report = readReport(root, testReport, since);
  if (typeof report !== 'string') return { ...done, report };
  // A run that broke off before its report says so by its exit code.
  return done.trouble === undefined && done.exitCode === 0 ? { ...done, trouble: report } : done;
}

/** The test cases of the reports that were written since a time, or why there are none. */
function readReport(root: string, glob: string, since: number): TestResults | string {
  const files = filesOf(root, glob);
  const fresh = files.filter((file) => statSync(file).mtimeMs >= since);
  if (fresh.length === 0)
    return files.length === 0
      ? `no file matches qualityGates.testReport (${glob}) after it`
      : `it wrote no report: every file of qualityGates.testReport (${glob}) is older than the run`;
  const reports = fresh.map((file) => readJunit(readFileSync(file, 'utf8')));
  const unread = fresh.find((_file, index) => reports[index] === undefined);
  if (unread !== undefined) return `${path.relative(root, unread)} is no JUnit XML that can be read`;
  return together(reports.flatMap((report) => report ?? []));
}

/** Files below a folder that match a glob. Links are not followed, so none leads out of the project. */
function filesOf(root: string, glob: string): string[] {
  const parts = glob.replace(/^\.\//, '').split('/');
  const wild = parts.findIndex((part) => /[*?{]/.test(part));
  const start = parts.slice(0, wild < 0 ? -1 : wild);
  if (start.includes('..')) return [];
  const found: string[] = [];
  const open = [path.join(root, ...start)];
  let entries = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop())
    for (const entry of entriesOf(folder)) {
      entries += 1;
      if (entries > MAX_ENTRIES || found.length >= MAX_FILES) return found;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') open.push(file);
      if (entry.isFile() && matchesGlob(path.relative(root, file).split(path.sep).join('/'), glob))
        found.push(file);
    }
  return found.sort();
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // The report's folder need not be there; that no file was found is told.
    return [];
  }
}
