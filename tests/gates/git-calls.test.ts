import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTextIfExists } from '../../src/platform/files.ts';
import { backlog, pathWithProgram } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { id, linted, reviewed } from './support/journey.ts';
import { project } from './support/project.ts';

/** A `git` that writes down what it is asked, then asks the real one. */
const noting = `#!/bin/sh
printf '%s\\0' "$*" >> "$GIT_CALLS"
PATH=\${PATH#*:} exec git "$@"
`;

/** What one command of the program asks git: the arguments of each process, its own settings left out. */
async function asked(root: string, args: readonly string[]): Promise<string[]> {
  const folder = tempDir();
  writeFiles(folder, { 'bin/git': noting });
  chmodSync(path.join(folder, 'bin/git'), 0o755);
  const env = {
    GIT_CALLS: path.join(folder, 'calls'),
    PATH: `${path.join(folder, 'bin')}${path.delimiter}${pathWithProgram}`,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Ada',
  };
  expect(await backlog(args, { cwd: root, env })).toMatchObject({ exitCode: 0 });
  const calls = readTextIfExists(env.GIT_CALLS) ?? '';
  return calls
    .split('\0')
    .filter((call) => call !== '')
    .map((call) => call.replaceAll(/-c \S+ /g, ''));
}

const commit = ['commit', '--ticket', id, '--type', 'feat', '--summary', '10 % off'];

/** The calls that read what may be another by now: a second one in a command is no double. */
const looks = /^(?:ls-files|add --all|rev-parse .*HEAD|worktree)/;

describe('git is started no more often than it takes', () => {
  it.each<[string, number, () => Promise<string>, readonly string[]]>([
    ['ticket start', 12, async () => project(), ['ticket', 'start', id]],
    ['gate run implement', 18, linted, ['gate', 'run', 'implement', '--ticket', id]],
    ['gate run lint', 18, linted, ['gate', 'run', 'lint', '--ticket', id]],
    ['gate status', 11, linted, ['gate', 'status', id]],
    ['review precheck', 11, linted, ['review', 'precheck', id]],
    ['review request', 14, linted, ['review', 'request', id]],
    ['commit', 25, reviewed, commit],
  ])('by %s: %i times', async (_name, most, prepared, args) => {
    const calls = await asked(await prepared(), args);
    expect(calls.length, calls.join('\n')).toBeLessThanOrEqual(most);
    const steady = calls.filter((call) => !looks.test(call));
    expect(
      steady.filter((call, index) => steady.indexOf(call) < index && !/write-tree|--stdin/.test(call)),
    ).toEqual([]);
  });
});
