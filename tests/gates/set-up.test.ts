import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runGate } from '../../src/gates/run.ts';
import { setUpCopy } from '../../src/gates/set-up.ts';
import { startWork } from '../../src/gates/start.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { id } from './support/journey.ts';
import { callIn, discount, inOneProcess, project } from './support/project.ts';

/** A project with a lock file, and an `npm` that writes down what it was asked. */
function world(exit = 0) {
  const [root, bin] = [project({ files: { 'package-lock.json': '{}\n' } }), tempDir()];
  writeFiles(bin, { npm: `#!/bin/sh\necho "$@" > asked.txt\nexit ${exit}\n` });
  chmodSync(path.join(bin, 'npm'), 0o755);
  const call = callIn(root);
  const env = { ...call.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  return { root, call: { ...call, env }, asked: path.join(root, 'asked.txt') };
}

it('sets a temporary checkout up by its lock file where no dependencies could be linked', async () => {
  const { root, call, asked } = world();
  const { config } = call;
  await setUpCopy(call, { copy: { worktree: root, linked: ['node_modules'] }, root, config });
  expect(existsSync(asked)).toBe(false);
  expect(await setUpCopy(call, { copy: { worktree: root, linked: [] }, root, config })).toBeUndefined();
  expect(readFileSync(asked, 'utf8')).toBe('ci\n');
});

it('does so too where only settings of this machine were linked', async () => {
  const { root, call, asked } = world();
  const linked = ['.env', 'api/.env.local', '.npmrc'];
  await setUpCopy(call, { copy: { worktree: root, linked }, root, config: call.config });
  expect(readFileSync(asked, 'utf8')).toBe('ci\n');
});

it('does so too where the linked dependencies are those of another lock file', async () => {
  const { root, call, asked } = world();
  const copy = { worktree: root, linked: ['node_modules'] };
  const linkedFrom = tempDir();
  writeFiles(linkedFrom, { 'package-lock.json': '{}\n' });
  await setUpCopy(call, { copy, root, config: call.config, linkedFrom });
  expect(existsSync(asked)).toBe(false);
  writeFiles(linkedFrom, { 'package-lock.json': '{"other":1}\n', 'dep.js': 'mine\n' });
  mkdirSync(path.join(root, 'node_modules'));
  symlinkSync(linkedFrom, path.join(root, 'node_modules/dep'));
  await setUpCopy(call, { copy, root, config: call.config, linkedFrom });
  expect(readFileSync(asked, 'utf8')).toBe('ci\n');
  // Nothing is installed through a link into what belongs to the user.
  expect(existsSync(path.join(root, 'node_modules'))).toBe(false);
  expect(readFileSync(path.join(linkedFrom, 'dep.js'), 'utf8')).toBe('mine\n');
});

it('says what failed', async () => {
  const { root, call } = world(9);
  const failed = await setUpCopy(call, { copy: { worktree: root, linked: [] }, root, config: call.config });
  expect(failed).toMatchObject({ exitCode: 9, trouble: 'the set-up `npm ci` failed: exit 9' });
});

it('is part of what the gate then judges, where it writes files of the project', async () => {
  const root = project({
    config: {
      profile: 'light',
      qualityGates: { testCommand: inOneProcess, minNewTests: { FEAT: 1 } },
      worktrees: { setupCommand: 'echo "export const made = 1;" > src/made.js' },
    },
  });
  const call = callIn(root);
  const { projectRoot } = await startWork(call, { ticketId: id, worktree: true, rebase: false });
  writeFiles(projectRoot, discount);
  expect(existsSync(path.join(projectRoot, 'src/made.js'))).toBe(false);
  const { result, evidence } = await runGate(call, { ticketId: id, gate: 'implement' });
  expect(result).toBe('pass');
  const held = evidence.at(-1)?.record.holds_for;
  const tree = held?.kind === 'tree' ? held.tree : '';
  expect(gitIn(projectRoot, 'ls-tree', '-r', '--name-only', tree)).toContain('src/made.js');
});
