import { expect, it } from 'vitest';
import { gateConfigDigest, judgingConfig } from '../../src/gates/gate-config.ts';
import { runFiles } from '../../src/gates/run-files.ts';
import { parseConfig } from '../../src/project/config.ts';
import { gitEnv, gitIn, tempRepo, writeFiles } from '../support/temp.ts';

it.each<[string, string[]]>([
  ['node lint.js', ['lint.js']],
  ['node --import tsx tools/check.ts src', ['tools/check.ts']],
  ['node --test test/', []],
  ['node --check src/a.js', []],
  ['./scripts/test.sh --all', ['scripts/test.sh']],
  ['CI=1 bash ci/test.sh && npx eslint .', ['ci/test.sh']],
  ["sh -c 'vitest run'", []],
  ['python -m pytest', []],
  ['python3 tools/check.py src', ['tools/check.py']],
  ['make -f build/rules.mk test', ['build/rules.mk']],
  ['make test', ['GNUmakefile', 'Makefile', 'makefile']],
  ['npx tsx tools/check.ts', ['tools/check.ts']],
  ['./node_modules/.bin/vitest run', []],
  ['node node_modules/typescript/bin/tsc --noEmit', []],
  ['.venv/bin/python tools/check.py', ['tools/check.py']],
  ['.venv/bin/ruff check .', []],
  ['vitest run', []],
  ['/usr/bin/env node lint.js', ['lint.js']],
])('of `%s` the project has %j', (command, files) => {
  expect(runFiles([command])).toEqual(files);
});

/** What differs from the base in a project whose linter is `./build/lint`. */
async function changesAfter(
  files: Readonly<Record<string, string>>,
  lintCommand: string,
): Promise<readonly string[]> {
  const config = JSON.stringify({ version: '1.0', project: { name: 'shop' }, qualityGates: { lintCommand } });
  const root = tempRepo({
    '.gitignore': 'build/\n',
    'backlog.config.json': config,
    'tools/lint.sh': 'exit 1\n',
    Makefile: 'test:\n',
  });
  const base = gitIn(root, 'rev-parse', 'HEAD');
  writeFiles(root, files);
  const current = parseConfig(config).config;
  const place = { worktree: root, env: gitEnv() };
  const claim = { base_commit: base, gate_config_sha256: null };
  const input = { place, root, prefix: '', claim, current, lines: [] };
  const { changes, digest } = await judgingConfig(input);
  expect(await gateConfigDigest({ ...input, base }, current)).toBe(digest);
  return changes;
}

it.each<[string, Readonly<Record<string, string>>, string, number]>([
  ['is another now', { 'tools/lint.sh': 'exit 0\n' }, 'sh tools/lint.sh', 1],
  ['has other line ends only', { 'tools/lint.sh': 'exit 1\r\n' }, 'sh tools/lint.sh', 0],
  ['is new and comes before the old one', { GNUmakefile: 'test:\n\ttrue\n' }, 'make test', 1],
  ['is made by a build', { 'build/lint': '1' }, './build/lint', 0],
])('a file that a gate command runs and that %s', async (_what, files, command, count) => {
  expect(await changesAfter(files, command)).toHaveLength(count);
});
