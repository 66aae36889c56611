import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isAlive, self } from '../../src/platform/owner.ts';

it('is alive itself', () => {
  expect(isAlive(self())).toBe(true);
  expect(self().pid).toBe(process.pid);
  expect(self().started).not.toBe('unknown');
});

it('tells a process from a later one with the same number', () => {
  expect(isAlive({ ...self(), started: 'another time' })).toBe(false);
});

it('takes a process whose start is not known for alive while there is one', () => {
  expect(isAlive({ ...self(), started: 'unknown' })).toBe(true);
});

it('sees that a process has ended', async () => {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  expect(isAlive({ pid: child.pid ?? 0, started: 'unknown' })).toBe(false);
});
